import * as z from "zod";
import type { Hit, ObservedInstance } from "../../inventory/ports.ts";
import { instanceAt, instanceRow } from "../../inventory/rows.ts";
import { type Instance, instanceKey } from "../../shared/instance.ts";
import { epochSeconds } from "../../shared/time.ts";
import { type Attributes, ifReadable, readItem } from "./items.ts";

const instance = z.custom<Instance>((value) => typeof value === "object" && value !== null);

/** Grows with each change of the rows that an instance has. */
const layout = 2;

/** A row with all that is known of an instance. */
const instanceItem = z.object({
  /** Rows of another layout are left as they are, and written again. */
  layout: z.literal(layout),
  observedAt: z.iso.datetime(),
  /** As JSON: it is read and compared as a whole. */
  instance: z.string().transform((text) => instance.parse(JSON.parse(text))),
  /** The tags of its index rows, if it has them. */
  indexedTags: z.array(z.string()),
  isForgotten: z.boolean(),
});

export type InstanceItem = z.output<typeof instanceItem>;

/** Undefined if the row is not what Latchkey writes: a sync then writes it again. */
export function readInstanceItem(attributes: Attributes): InstanceItem | undefined {
  return ifReadable(() => readItem(instanceItem, attributes));
}

/** Seconds for which it is known that an instance was forgotten: longer than any slow writer of an older observation is. */
const forgottenFor = 24 * 60 * 60;

export function writeInstanceItem(item: {
  readonly observedAt: Date;
  readonly instance: Instance;
  readonly indexedTags: readonly string[];
  readonly isForgotten: boolean;
}) {
  const { observedAt, indexedTags, isForgotten } = item;
  return {
    ...instanceRow(item.instance),
    layout,
    observedAt: observedAt.toISOString(),
    instance: inventoryText(item.instance),
    indexedTags,
    isForgotten,
    ...(isForgotten && { deleteAt: epochSeconds(observedAt) + forgottenFor }),
  };
}

/** The same text for the same instance: EC2 returns tags in any order. */
export function inventoryText(known: Instance): string {
  const tags = Object.entries(known.tags).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify({ ...known, tags: Object.fromEntries(tags) });
}

/** Those that are known, by `<account>/<region>/<id>`. */
export function observedIn(items: readonly Attributes[]): ReadonlyMap<string, ObservedInstance> {
  const observed = items.flatMap((attributes) => {
    const item = readInstanceItem(attributes);
    if (!item || item.isForgotten) return [];
    return [[instanceKey(item.instance), { instance: item.instance, observedAt: new Date(item.observedAt) }] as const];
  });
  return new Map(observed);
}

/** The hit that an index row is. */
export function hitOf({ sk }: Attributes): Hit {
  const place = sk?.S ?? "";
  return { ...instanceAt(place), place };
}
