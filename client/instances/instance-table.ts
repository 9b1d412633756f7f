import type { ConnectionOption, Instance } from "../../sdk/types.ts";
import { table } from "../terminal/table.ts";
import { phrase, visible } from "../terminal/terminal.ts";

interface TableOptions {
  /** Of the terminal, if it is one. */
  readonly columns: number | undefined;
  /** Whether each has a number, to be picked by. */
  readonly isNumbered?: boolean;
  /** Columns to show even if all instances have the same there. */
  readonly shows?: { readonly account?: boolean; readonly region?: boolean };
  /** How long ago an instance was seen, if more may have changed since than usual. */
  readonly age?: (instance: Instance) => string | undefined;
}

/** Instances, a line each. Their accounts and regions are shown if they differ. */
export function instanceTable(
  instances: readonly Instance[],
  { columns, isNumbered = false, shows = {}, age = () => undefined }: TableOptions,
): string {
  const number = (cell: string) => (isNumbered ? [cell.padStart(3)] : []);
  const differ = (of: "accountId" | "region") => instances.some((instance) => instance[of] !== instances[0]?.[of]);
  const account = (cell: string) => (shows.account || differ("accountId") ? [cell] : []);
  const region = (cell: string) => (shows.region || differ("region") ? [cell] : []);
  const seen = (cell: string) => (instances.some((instance) => age(instance) !== undefined) ? [cell] : []);
  return table(
    [
      ...number(""),
      "NAME",
      "ID",
      ...account("ACCOUNT"),
      ...region("REGION"),
      "STATE",
      ...seen("SEEN"),
      "REACHED BY",
      "OS USER",
    ],
    instances.map((instance, index) => [
      ...number(String(index + 1)),
      phrase(instance.name ?? "-"),
      visible(instance.instanceId),
      ...account(visible(instance.accountId)),
      ...region(visible(instance.region)),
      visible(instance.state),
      ...seen(age(instance) ?? "-"),
      reachedBy(instance),
      visible(instance.defaultOsUser),
    ]),
    { columns, cuttable: ["NAME", "STATE", ...seen("SEEN"), "REACHED BY"] },
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
