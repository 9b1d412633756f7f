import type { Table } from "../../local/aws/table.ts";
import { type Condition, conditionOf, pathOf, type Scope, type Value, valueAt } from "./quick-expressions.ts";

type Stored = Readonly<Record<string, Value>>;

/** The inputs of the calls that the access adapters make, in DynamoDB's JSON. */
interface Input {
  readonly Key: Stored;
  readonly Item: Stored;
  readonly ConditionExpression?: string;
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Stored;
  readonly ReturnValues?: "UPDATED_NEW";
  readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly Stored[] }>>;
}

/**
 * A table in memory that knows only what the access adapters, and the writer of the inventory, ask of DynamoDB: some ten times as
 * fast as the embedded one. That both respond alike is checked by running histories on both.
 */
export function makeQuickTable(): Table & { clear(): void } {
  /** By the partition's key and the sort key. */
  const items = new Map<string, Map<string, Stored>>();
  const partition = (key: Stored) => items.get(String(key["pk"]?.S)) ?? new Map<string, Stored>();
  const get = (key: Stored) => partition(key).get(String(key["sk"]?.S));
  const put = (item: Stored) => items.set(String(item["pk"]?.S), partition(item).set(String(item["sk"]?.S), item));

  const operations: Readonly<Record<string, (input: Input) => object | undefined>> = {
    GetItem: ({ Key }) => {
      const Item = get(Key);
      return Item ? { Item } : {};
    },
    BatchGetItem: ({ RequestItems }) => ({
      Responses: Object.fromEntries(
        Object.entries(RequestItems).map(([table, { Keys }]) => [table, Keys.flatMap((key) => get(key) ?? [])]),
      ),
      UnprocessedKeys: {},
    }),
    PutItem: (input) => {
      if (!holds(input, get(input.Item))) return undefined;
      put(input.Item);
      return {};
    },
    DeleteItem: (input) => {
      const { Key } = input;
      if (!holds(input, get(Key))) return undefined;
      partition(Key).delete(String(Key["sk"]?.S));
      return {};
    },
    UpdateItem: (input) => {
      const before = get(input.Key);
      if (!holds(input, before)) return undefined;
      const { after, changed } = updated(input, before ?? input.Key);
      put(after);
      const Attributes = Object.fromEntries(changed.flatMap((name) => (after[name] ? [[name, after[name]]] : [])));
      return input.ReturnValues ? { Attributes } : {};
    },
    // The one query: all whose sort key begins with a text, in order.
    Query: ({ ExpressionAttributeValues: values = {} }) => {
      const [pk = {}, start = {}] = Object.values(values);
      const found = [...partition({ pk })].filter(([sk]) => sk.startsWith(String(start.S)));
      const Items = found.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
      return { Items, Count: Items.length, ScannedCount: Items.length };
    },
  };
  return {
    async send(target, input) {
      const operation = operations[target.replace("DynamoDB_20120810.", "")];
      if (!operation) throw new Error(`The quick table does not know ${target}`);
      const output = operation(input as Input);
      if (output) return { status: 200, output: { ...output } };
      return { status: 400, output: { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException" } };
    },
    async seed() {
      throw new Error("The quick table takes nothing unchecked");
    },
    clear: () => items.clear(),
  };
}

const scopeOf = (input: Input, item: Stored): Scope => ({
  item,
  names: input.ExpressionAttributeNames ?? {},
  values: input.ExpressionAttributeValues ?? {},
});

const conditions = new Map<string, Condition>();

function holds(input: Input, item: Stored = {}): boolean {
  const { ConditionExpression: text } = input;
  if (text === undefined) return true;
  const condition = conditions.get(text) ?? conditionOf(text);
  conditions.set(text, condition);
  return condition(scopeOf(input, item));
}

const clauses = /\b(SET|REMOVE|ADD|DELETE) /;

/** The item after an update, and the attributes that the update names. All values are those of the item before. */
function updated(input: Input, before: Stored): { after: Stored; changed: string[] } {
  const scope = scopeOf(input, before);
  const after: Record<string, Value> = { ...before };
  const changed: string[] = [];
  const [, ...parts] = input.UpdateExpression.split(clauses);
  for (let index = 0; index < parts.length; index += 2) {
    for (const action of (parts[index + 1] ?? "").split(/,\s+(?=#)/)) {
      const [path = "", ...rest] = action.trim().split(/\s+(?:=\s+)?/);
      const name = String(pathOf(path)[0]);
      const attribute = scope.names[name] ?? name;
      changed.push(attribute);
      const next = valueAfter(parts[index] ?? "", rest.join(" "), before[attribute], scope);
      if (next) after[attribute] = next;
      else delete after[attribute];
    }
  }
  return { after, changed };
}

function valueAfter(clause: string, operand: string, before: Value | undefined, scope: Scope): Value | undefined {
  if (clause === "REMOVE") return undefined;
  const [, kept, other] = /^if_not_exists\((\S+), (\S+)\)$/.exec(operand) ?? [];
  if (kept !== undefined && other !== undefined) return valueAt(kept, scope) ?? valueAt(other, scope);
  const value = valueAt(operand, scope);
  if (clause === "SET" || !value) return value;
  if (clause === "ADD" && value.N !== undefined) return { N: String(Number(before?.N ?? 0) + Number(value.N)) };
  const own = before?.SS ?? [];
  const given = value.SS ?? [];
  if (clause === "ADD") return { SS: [...own, ...given.filter((each) => !own.includes(each))] };
  const left = own.filter((each) => !given.includes(each));
  return left.length > 0 ? { SS: left } : undefined;
}
