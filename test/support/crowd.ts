import { marshall } from "@aws-sdk/util-dynamodb";
import { indexes } from "../../lambda/aws/dynamodb/table-keys.ts";
import type { Table } from "../../local/aws/table.ts";

/** An item, and the attributes by which indexes find it. */
export type Crowded = Readonly<Record<string, unknown>>;

interface IndexQuery {
  readonly IndexName?: keyof typeof indexes;
  readonly KeyConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Readonly<Record<string, { readonly S: string }>>;
  readonly ScanIndexForward?: boolean;
  readonly Limit: number;
}

interface Entry {
  readonly sort: string;
  readonly item: Crowded;
}

/**
 * More items than the embedded table takes in the time of a test: the queries of its indexes find these, as DynamoDB would, and
 * nothing else does. All other calls go to the table.
 */
export class Crowd {
  /** Items that queries have returned. */
  read = 0;
  readonly #partitions = new Map<string, Entry[]>();
  #isSorted = true;

  clear(): void {
    this.#partitions.clear();
  }

  add(items: Iterable<Crowded>): void {
    for (const item of items) {
      for (const { name, partition, sort } of Object.values(indexes)) {
        const [value, key] = [item[partition], item[sort]];
        if (typeof value !== "string" || typeof key !== "string") continue;
        const entries = this.#partitions.get(`${name} ${value}`) ?? [];
        if (entries.length === 0) this.#partitions.set(`${name} ${value}`, entries);
        entries.push({ sort: key, item });
      }
    }
    this.#isSorted = false;
  }

  /** The table with this crowd in its indexes. */
  readonly in = (table: Table): Table => ({
    ...table,
    send: async (target, input) => {
      const isQuery = target.endsWith(".Query") && (input as IndexQuery).IndexName !== undefined;
      return isQuery ? { status: 200, output: this.#query(input as IndexQuery) } : table.send(target, input);
    },
  });

  #query(query: IndexQuery): Record<string, unknown> {
    const { ExpressionAttributeValues: values, IndexName, Limit } = query;
    if (query.KeyConditionExpression !== "#partition = :partition AND #sort BETWEEN :from AND :before") {
      // The sweep's, which has nothing to do here.
      return { Items: [], Count: 0, ScannedCount: 0 };
    }
    if (query.ScanIndexForward !== false) throw new Error("The crowd is read newest first");
    const [from, before] = [values[":from"]?.S ?? "", values[":before"]?.S ?? ""];
    const entries = this.#newestFirst().get(`${IndexName} ${values[":partition"]?.S}`) ?? [];
    const start = firstAt(entries, before);
    const found: Entry[] = [];
    for (let index = start; found.length < Limit; index += 1) {
      const entry = entries[index];
      if (!entry || entry.sort < from) break;
      found.push(entry);
    }
    this.read += found.length;
    const Items = found.map(({ item }) => marshall(item, { removeUndefinedValues: true }));
    const last = Items.at(-1);
    // As DynamoDB does, even if nothing follows.
    const more = found.length === Limit && last && { LastEvaluatedKey: { pk: last["pk"], sk: last["sk"] } };
    return { Items, Count: found.length, ScannedCount: found.length, ...more };
  }

  #newestFirst() {
    if (!this.#isSorted) {
      for (const entries of this.#partitions.values())
        entries.sort((one, other) => (one.sort < other.sort ? 1 : one.sort > other.sort ? -1 : 0));
    }
    this.#isSorted = true;
    return this.#partitions;
  }
}

/** The index of the first entry that is not newer than a key. */
function firstAt(entries: readonly Entry[], key: string): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.sort ?? "") > key) low = middle + 1;
    else high = middle;
  }
  return low;
}
