import { showDuration } from "../../contract/duration.ts";
import type { Instance } from "../../sdk/types.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { IncompleteNotes } from "./incomplete.ts";
import { instanceTable } from "./instance-table.ts";
import { type InstanceFilter, listInstances } from "./list-instances.ts";
import { readTags, type Tags } from "./tags.ts";

/** `latchkey instances` */
export async function runInstances(context: Context, { options }: CommandInput): Promise<number> {
  const limit = options.integer("limit", { min: 1, max: 100_000 });
  const filter = {
    name: options.text("name"),
    namePrefix: options.text("name-prefix"),
    address: options.text("address"),
    state: options.text("state"),
    accountId: options.text("account"),
    region: options.text("region"),
    ...tagFilter(readTags(options.list("tag"))),
  };
  const notes = new IncompleteNotes(context, "instances");
  const instances = await listInstances(context, filter, { most: limit, onPage: notes.add });
  if (options.flag("json")) context.terminal.json(instances);
  else if (instances.length === 0) context.terminal.note("there are no such instances that you may see");
  else
    context.terminal.out(
      instanceTable(instances, {
        columns: context.terminal.outColumns,
        age: (instance) => (notes.has(instance) ? ageWords(instance, context.clock()) : undefined),
        shows: { account: filter.accountId !== undefined, region: filter.region !== undefined },
      }),
    );
  return notes.exitCode;
}

/** As the API's query has it. */
const tagFilter = (tags: Tags): InstanceFilter =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`tag.${key}`, value]));

/** `2h5m ago`, by the minute from the first one on. */
function ageWords({ observedAt }: Instance, now: Date): string {
  const seconds = (now.getTime() - Date.parse(observedAt ?? "")) / 1000;
  if (!Number.isFinite(seconds)) return "-";
  return `${showDuration(seconds < 60 ? seconds : Math.floor(seconds / 60) * 60)} ago`;
}
