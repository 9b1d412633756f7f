import type { ConnectionOption, InstanceResponse } from "../../contract/instance.ts";
import { table } from "../terminal/table.ts";
import { visible } from "../terminal/terminal.ts";

/** Instances, a line each. */
export function instanceTable(instances: readonly InstanceResponse[]): string {
  return table(
    ["NAME", "ID", "STATE", "REACHED BY", "OS USER"],
    instances.map((instance) => [
      visible(instance.name ?? "-"),
      instance.instanceId,
      visible(instance.state),
      reachedBy(instance),
      visible(instance.defaultOsUser),
    ]),
  );
}

/** The ways to an instance that can be used: `direct 203.0.113.1, eice`. */
function reachedBy({ state, connectionOptions }: InstanceResponse): string {
  const usable = connectionOptions.filter((option) => option.usable);
  if (state !== "running" || usable.length === 0) return "-";
  return usable.map(way).join(", ");
}

function way({ connectionType, host }: ConnectionOption): string {
  return connectionType === "direct" && host !== undefined ? `direct ${visible(host)}` : connectionType;
}
