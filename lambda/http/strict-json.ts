/** Deepest nesting that is read. No body of the API needs more than four. */
const maxDepth = 16;

/** All that a JSON text is made of but white space: strings, brackets, colons, commas; numbers and words. */
const tokenPattern = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

type JsonFaultKind = "malformed-json" | "duplicate-name" | "forbidden-name" | "too-deep";

/**
 * JSON as RFC 8259 has it, without what parsers disagree on: no byte order mark, no name twice in an object, no `__proto__`.
 *
 * `JSON.parse` validates the text, but reads only single names and values of it: given a whole object, V8 (up to 14.6 at
 * least) takes an escaped name for another that it read before (https://github.com/nodejs/node/issues/63785).
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
