import { type BundleName, bundleNames } from "../contract/routes.ts";
import type { Budget } from "./budget.ts";
import type { BundleSizes } from "./bundles.ts";
import type { ConnectionCalls } from "./connection-calls.ts";
import type { ConnectionType } from "./events.ts";
import type { Sample } from "./samples.ts";
import { type Summary, summarize } from "./statistics.ts";

const measures = {
  ready: ["ready for the first event", "ms"],
  firstResponse: ["first response", "ms"],
  firstResponseCpu: ["own CPU until then", "ms"],
  cpuPerRequest: ["own CPU per request", "ms"],
  peakMemory: ["peak memory", "MB"],
} as const satisfies Record<keyof Sample, readonly [string, string]>;

/**
 * Compares one target's samples with those of another that were taken beside them.
 *
 * @throws Error for too few samples to be meaningful.
 */
export function timesTable<Name extends string>(
  samples: Readonly<Record<Name, readonly Sample[]>>,
  one: Name,
  other: Name,
): string {
  const rows = (Object.keys(measures) as (keyof Sample)[]).map((name) => {
    const [title, unit] = measures[name];
    const valuesOf = (target: Name) => samples[target].map((sample) => sample[name]);
    const [values, others] = [valuesOf(one), valuesOf(other)];
    return [
      title,
      written(ratioOf(values, others), "×"),
      ...[values, others].map((each) => written(summarize(each), unit)),
    ];
  });
  return table([["", `${one} / ${other}`, one, other], ...rows]);
}

/** Of each value to the other that was taken beside it. */
export function ratioOf(values: readonly number[], others: readonly number[]): Summary {
  return summarize(values.map((value, index) => value / (others[index] ?? Number.NaN)));
}

/** Every figure that the budget bounds, with its bound. */
export function countsTable(
  sizes: BundleSizes,
  calls: Readonly<Record<ConnectionType, ConnectionCalls>>,
  { bundles, connections }: Budget,
): string {
  const bundle = (name: BundleName) => {
    const [{ kilobytes, modules }, bound] = [sizes[name], bundles[name]];
    return [
      `bundle of ${name}, without Cedar's module`,
      `${Math.ceil(kilobytes)} of ${bound.kilobytes} kB`,
      `${modules} of ${bound.modules} modules`,
    ];
  };
  const connection = (type: ConnectionType) => {
    const [{ roundTrips, reads, writes }, bound] = [calls[type], connections[type]];
    return [
      `calls of a connection, ${type}`,
      `${roundTrips} of ${bound.roundTrips} round trips`,
      `${reads} of ${bound.reads} reads, ${writes} of ${bound.writes} writes`,
    ];
  };
  return table([...bundleNames.map(bundle), connection("direct"), connection("eice")]);
}

/** A median and its quartiles. */
export function written({ median, low, high }: Summary, unit: string): string {
  return `${short(median)} ${unit} (${short(low)}–${short(high)})`;
}

/** Three significant digits. */
function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Rows of cells, aligned in columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
