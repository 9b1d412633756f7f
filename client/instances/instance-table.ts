import type { ConnectionOption, Instance } from "../../sdk/types.ts";
import { table } from "../terminal/table.ts";
import { phrase, visible } from "../terminal/terminal.ts";

/** Instances, a line each. */
export function instanceTable(instances: readonly Instance[]): string {
  return table(
    ["NAME", "ID", "STATE", "REACHED BY", "OS USER"],
    instances.map((instance) => [
      phrase(instance.name ?? "-"),
      visible(instance.instanceId),
      visible(instance.state),
      reachedBy(instance),
      visible(instance.defaultOsUser),
    ]),
  );
}

/** The usable connection types: `direct 203.0.113.1, eice`. */
function reachedBy({ state, connectionOptions }: Instance): string {
  const usable = connectionOptions.filter((option) => option.usable);
  if (state !== "running" || usable.length === 0) return "-";
  return usable.map(routeWords).join(", ");
}

function routeWords({ connectionType, host }: ConnectionOption): string {
  return connectionType === "direct" && host !== undefined ? `direct ${visible(host)}` : visible(connectionType);
}
