/** The deepest nesting that is accepted. No body of the API needs more than four. */
const maxDepth = 16;

/** The tokens of JSON: strings, brackets, colons, commas; numbers and words. */
const tokenPattern = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

type JsonFaultKind = "malformed-json" | "duplicate-name" | "forbidden-name" | "too-deep";

/**
 * Parses JSON (RFC 8259) without what parsers disagree on: no byte order mark, no duplicate name in an object, no `__proto__`.
 *
 * `JSON.parse` validates the text, but then parses only single names and values: in a whole object, V8 (at least up to 14.6)
 * confuses an escaped name with an earlier one (https://github.com/nodejs/node/issues/63785).
 *
 * @returns the value, or what is wrong with the text.
 */
export function parseStrictJson(text: string): { value: unknown } | { fault: JsonFaultKind } {
  try {
    JSON.parse(text);
  } catch {
    return { fault: "malformed-json" };
  }
  try {
    return { value: readTokens(text.match(tokenPattern) ?? []) };
  } catch (error) {
    if (error instanceof JsonFault) return { fault: error.fault };
    throw error;
  }
}

class JsonFault extends Error {
  readonly fault: JsonFaultKind;

  constructor(fault: JsonFaultKind) {
    super(fault);
    this.fault = fault;
  }
}

/** @param tokens of a text that is known to be JSON. */
function readTokens(tokens: readonly string[]): unknown {
  let position = 0;
  const isNext = (token: string) => tokens[position] === token && ++position > 0;

  function readValue(depth: number): unknown {
    if (isNext("[")) return readArray(depth + 1);
    if (isNext("{")) return readObject(depth + 1);
    return JSON.parse(tokens[position++] ?? "");
  }

  function readArray(depth: number): unknown[] {
    if (depth > maxDepth) throw new JsonFault("too-deep");
    const items: unknown[] = [];
    while (!isNext("]")) {
      items.push(readValue(depth));
      isNext(",");
    }
    return items;
  }

  function readObject(depth: number): Record<string, unknown> {
    if (depth > maxDepth) throw new JsonFault("too-deep");
    const members: Record<string, unknown> = {};
    while (!isNext("}")) {
      const name = String(readValue(depth));
      isNext(":");
      if (name === "__proto__") throw new JsonFault("forbidden-name");
      if (Object.hasOwn(members, name)) throw new JsonFault("duplicate-name");
      members[name] = readValue(depth);
      isNext(",");
    }
    return members;
  }

  return readValue(0);
}
