import * as fields from "../../contract/fields.ts";
import type { Instance } from "../shared/instance.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import { serialUserOf } from "./serial-consoles.ts";

const osUserTag = "latchkey:os-user";

/**
 * The users that images come with, by what their names say: the first that matches. The users are those of AWS's user
 * guide ("Manage system users on your EC2 Linux instance"); a vendor's build of a distribution stands before it.
 */
const imageUsers: readonly (readonly [RegExp, string])[] = [
  [/bitnami/i, "bitnami"],
  [/ubuntu/i, "ubuntu"],
  [/debian/i, "admin"],
  [/rocky/i, "rocky"],
  [/fedora/i, "fedora"],
  // CentOS Stream has left the old name behind.
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

/** What the instance's tag says, where it holds a possible name. */
function taggedOsUser({ tags }: Pick<Instance, "tags">): string | undefined {
  const tagged = fields.osUser.safeParse(tags[osUserTag]);
  return tagged.success ? tagged.data : undefined;
}

/** The OS user where the caller names none: the tag's, else the image's by its name, else the stack's setting. */
export function defaultOsUser(
  instance: Pick<Instance, "tags">,
  imageName: string | undefined,
  setting: string,
): string {
  return taggedOsUser(instance) ?? imageOsUser(imageName) ?? setting;
}

function imageOsUser(imageName = ""): string | undefined {
  return imageUsers.find(([pattern]) => pattern.test(imageName))?.[1];
}

/** The id of the image whose name decides; undefined where the tag has decided already. */
export function decidingImage(instance: Pick<Instance, "tags" | "imageId">): string | undefined {
  return taggedOsUser(instance) === undefined ? instance.imageId : undefined;
}
