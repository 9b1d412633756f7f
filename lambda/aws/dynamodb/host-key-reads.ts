import * as z from "zod";
import { fingerprintOfLine } from "../../../ssh-format/fingerprint.ts";
import type { HostKeyRecord } from "../../host-keys/ports.ts";
import type { HostKeyReader } from "../../instances/ports.ts";
import { batchGet } from "./batch-get.ts";
import { isInFormat } from "./format.ts";
import { type Attributes, ifReadable, readAnyFormat, readItem } from "./items.ts";
import type { Table } from "./table.ts";
import { hostKeysKey, idIn } from "./table-keys.ts";

const item = z.object({
  pk: z.string(),
  hostKeys: z.array(z.object({ key: z.string().refine(isKey), source: z.string(), observedAt: z.iso.datetime() })),
  // Items that were put there by hand have none.
  sequence: z.int().min(0).default(0),
});

function isKey(line: string): boolean {
  return fingerprintOfLine(line) !== undefined;
}

/**
 * The table's host keys, to show alone. Of an item that is not what Latchkey writes none is known, so that one instance cannot
 * fail a list. Every call rejects with Problem of `awsProblem`.
 */
export function hostKeyReader(table: Table): HostKeyReader {
  return {
    async readHostKeys(instances, signal) {
      const items = await batchGet(table, instances.map(hostKeysKey), signal);
      return new Map(
        items.map((attributes) => {
          const record = ifReadable(() => readHostKeysItem(attributes));
          return [idIn(attributes["pk"]?.S ?? ""), record?.hostKeys ?? []];
        }),
      );
    },
  };
}

const sources = z.enum(["registered", "console", "pinned"]);

/**
 * Reads an instance's host keys. Of an unknown format, or with a source that is unknown, none is accepted: `isUnknown` says so.
 *
 * @throws Problem `internal` if an item is not what any version of Latchkey writes.
 */
export function readHostKeysItem(attributes: Attributes): HostKeyRecord & { readonly pk: string } {
  if (!isInFormat(attributes)) return { ...readAnyFormat(unknownItem, attributes), ...nothingKnown };
  const { pk, hostKeys, sequence } = readItem(item, attributes);
  const known = hostKeys.flatMap((each) => {
    const { success, data: source } = sources.safeParse(each.source);
    return success ? [{ ...each, source }] : [];
  });
  return known.length === hostKeys.length ? { pk, hostKeys: known, sequence } : { pk, ...nothingKnown };
}

const unknownItem = z.object({ pk: z.string() });

const nothingKnown = { hostKeys: [], sequence: 0, isUnknown: true } as const;
