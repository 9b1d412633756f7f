import * as fields from "../../contract/fields.ts";
import type { Instance } from "../shared/instance.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import { serialUserOf } from "./serial-consoles.ts";
import { windows } from "./warnings.ts";

const osUserTag = "latchkey:os-user";

/**
 * The default users of images, by name; the first match wins. The users are those of AWS's user
 * guide ("Manage system users on your EC2 Linux instance"); a vendor's build of a distribution comes before the distribution.
 */
const imageUsers: readonly (readonly [RegExp, string])[] = [
  [/bitnami/i, "bitnami"],
  [/ubuntu/i, "ubuntu"],
  [/debian/i, "admin"],
  [/rocky/i, "rocky"],
  [/fedora/i, "fedora"],
  // CentOS Stream no longer uses the user `centos`.
  [/centos[ -]stream/i, "ec2-user"],
  [/centos/i, "centos"],
  [/flatcar|coreos/i, "core"],
  [/kali/i, "kali"],
  [/^amzn|^al20|amazon|rhel|red ?hat|suse|sles|alma|oracle|freebsd/i, "ec2-user"],
];

/** The OS user that the options name for any instance; undefined means the instance's default. */
export function namedOsUser({ connectionType, osUser }: ConnectionOptions, instanceId: string): string | undefined {
  return connectionType === "serial" ? serialUserOf(instanceId) : osUser;
}

/** The tag's value, if it is a valid user name; else the only user of Windows. */
function ownOsUser({ tags, platform }: Pick<Instance, "tags" | "platform">): string | undefined {
  const tagged = fields.osUser.safeParse(tags[osUserTag]);
  if (tagged.success) return tagged.data;
  return platform === windows ? "Administrator" : undefined;
}

/** The OS user if the caller names none: from tag or platform, else from the image's name, else from the stack's setting. */
export function defaultOsUser(
  instance: Pick<Instance, "tags" | "platform">,
  imageName: string | undefined,
  setting: string,
): string {
  return ownOsUser(instance) ?? imageOsUser(imageName) ?? setting;
}

function imageOsUser(imageName = ""): string | undefined {
  return imageUsers.find(([pattern]) => pattern.test(imageName))?.[1];
}

/** The id of the image whose name decides; undefined if the instance itself does. */
export function decidingImage(instance: Pick<Instance, "tags" | "platform" | "imageId">): string | undefined {
  return ownOsUser(instance) === undefined ? instance.imageId : undefined;
}
