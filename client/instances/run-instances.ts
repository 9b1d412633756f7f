import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { instanceTable } from "./instance-table.ts";
import { type InstanceFilter, listInstances } from "./list-instances.ts";

/** `latchkey instances` */
export async function runInstances(context: Context, { options }: CommandInput): Promise<number> {
  const limit = options.integer("limit", { min: 1, max: 100_000 });
  const filter = {
    name: options.text("name"),
    namePrefix: options.text("name-prefix"),
    address: options.text("address"),
    state: options.text("state"),
    ...tagFilter(options.list("tag")),
  };
  const instances = await listInstances(context, filter, limit);
  if (options.flag("json")) context.terminal.json(instances);
  else if (instances.length === 0) context.terminal.note("there are no such instances that you may see");
  else context.terminal.out(instanceTable(instances, { columns: context.terminal.outColumns }));
  return exitCodes.ok;
}

/** `env=dev` as the API's query has it. A key may hold no equals sign here, which EC2 would allow. */
function tagFilter(tags: readonly string[]): InstanceFilter {
  const pairs = tags.map((tag) => {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(tag) ?? [];
    if (key !== undefined) return [`tag.${key}`, value] as const;
    throw new Failure("--tag takes KEY=VALUE", { exitCode: exitCodes.usage, hint: "such as --tag env=dev" });
  });
  return Object.fromEntries(pairs);
}
