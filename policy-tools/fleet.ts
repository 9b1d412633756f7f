import type { Instance as Ec2Instance } from "@aws-sdk/client-ec2";
import * as z from "zod";
import { readInstance } from "../lambda/aws/ec2/read-instance.ts";
import type { Instance } from "../lambda/shared/instance.ts";
import type { IdentitySettings } from "../lambda/shared/settings.ts";
import { readData, readText } from "./read-data.ts";
import { type Scene, sceneOf, sceneParts } from "./scene.ts";
import { messageOf, Unusable } from "./unusable.ts";

/** As much of `aws ec2 describe-instances` as has to be there. */
const described = z.object({
  Reservations: z.array(
    z.object({
      OwnerId: z.string(),
      Instances: z.array(
        z.looseObject({ InstanceId: z.string(), Placement: z.looseObject({ AvailabilityZone: z.string() }) }),
      ),
    }),
  ),
});

/**
 * Reads people and instances from files of tests, and instances from the output of `aws ec2 describe-instances`.
 *
 * @throws Unusable if a file is neither, or two name the same.
 */
export async function readScene(files: readonly string[], settings: IdentitySettings): Promise<Scene> {
  const scenes = await Promise.all(files.map((file) => readOneScene(file, settings)));
  return {
    callers: new Map(scenes.flatMap(({ callers }) => [...callers])),
    instances: new Map(scenes.flatMap(({ instances }) => [...instances])),
  };
}

async function readOneScene(file: string, settings: IdentitySettings): Promise<Scene> {
  const text = await readText(file);
  // The YAML parser would take minutes for a large fleet.
  if (/^\s*\{\s*"Reservations"/.test(text)) return { callers: new Map(), instances: describedInstances(file, text) };
  return sceneOf(readData(file, text, z.looseObject(sceneParts)), settings);
}

function describedInstances(file: string, text: string): Scene["instances"] {
  try {
    const { Reservations } = described.parse(JSON.parse(text));
    const all = Reservations.flatMap(({ OwnerId, Instances }) =>
      Instances.map((each) =>
        // The CLI prints dates as text; nothing here reads them.
        readInstance(each as unknown as Ec2Instance, OwnerId, each.Placement.AvailabilityZone.replace(/[a-z]$/, "")),
      ),
    );
    return new Map(all.map((each) => [nameOf(each), each]));
  } catch (error) {
    throw new Unusable([`${file}: ${error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error)}`]);
  }
}

/** Names are not unique in a fleet: the id says which. */
const nameOf = ({ instanceId, tags }: Instance) => (tags["Name"] ? `${tags["Name"]} (${instanceId})` : instanceId);
