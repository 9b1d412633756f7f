import * as z from "zod";
import { instance, instancePage, instanceQuery } from "../../contract/instance.ts";
import type { Instance } from "../../sdk/types.ts";
import { toolOf } from "./tool.ts";

const { limit: _, ...filters } = instanceQuery.shape;

const shownInstance = z.object({
  ...instance.pick({
    instanceId: true,
    name: true,
    state: true,
    platform: true,
    accountId: true,
    region: true,
    tags: true,
    privateIpAddress: true,
    publicIpAddress: true,
    defaultOsUser: true,
  }).shape,
});

/** Instances of one page: more would fill what an agent can read. */
const usualLimit = 25;

export const findInstances = toolOf({
  name: "find_instances",
  title: "Find instances",
  description:
    "Lists the EC2 instances that your user may see, with their ids, tags and default OS users; arguments filter the list. All other tools take the instanceId that stands here. Changes nothing, connects to nothing, and never shows an instance that policy hides from your user.",
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: z.strictObject({
    ...filters,
    tags: filters.tags.describe("Instances that have all of these tags. `*` and `?` are not wildcards."),
    limit: z.int().min(1).max(100).default(usualLimit).describe("The most instances to return."),
  }),
  output: z.object({
    instances: z.array(shownInstance),
    nextCursor: instancePage.shape.nextCursor,
    incomplete: instancePage.shape.incomplete,
  }),
  run: async ({ ports, signal }, { tags, limit, ...query }) => {
    const byTags = Object.fromEntries(tags.map(({ key, value }) => [`tag.${key}`, value]));
    const page = await ports.call("listInstances", { ...query, ...byTags, limit }, { signal });
    const instances = page.items.map(showInstance);
    const { nextCursor, incomplete } = page;
    return {
      words: [
        `${instances.length} instance${instances.length === 1 ? "" : "s"} of those that your user may see.`,
        ...(nextCursor === undefined ? [] : ["There may be more: call again with the cursor nextCursor."]),
        ...(incomplete === undefined ? [] : ["Some accounts could not be read: instances of those may be missing."]),
      ],
      quotes:
        instances.length === 0
          ? []
          : [
              {
                what: "the instances in JSON, with names and tags that others have given them",
                text: lines(instances),
              },
            ],
      output: { instances, ...(nextCursor && { nextCursor }), ...(incomplete && { incomplete }) },
    };
  },
});

const lines = (instances: readonly unknown[]) => instances.map((each) => JSON.stringify(each)).join("\n");

function showInstance(found: Instance): z.input<typeof shownInstance> {
  const { instanceId, state, accountId, region, tags, defaultOsUser } = found;
  const { name, platform, privateIpAddress, publicIpAddress } = found;
  return {
    ...{ instanceId, state, accountId, region, tags, defaultOsUser },
    ...(name !== undefined && { name }),
    ...(platform !== undefined && { platform }),
    ...(privateIpAddress !== undefined && { privateIpAddress }),
    ...(publicIpAddress !== undefined && { publicIpAddress }),
  };
}
