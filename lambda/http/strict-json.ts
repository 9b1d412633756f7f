/** Deepest nesting that is read. No body of the API needs more than four. */
const maxDepth = 16;

/** A token that matters for names: a string, or one of the brackets, colon and comma. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

/**
 * JSON as RFC 8259 has it, without what parsers disagree on: no byte order mark, no name twice in an object, no `__proto__`.
 *
 * @returns the value, or what is wrong: `malformed-json`, `duplicate-name`, `forbidden-name`, `too-deep`.
 */
export function parseStrictJson(
  text: string,
): { value: unknown } | { fault: "malformed-json" | "duplicate-name" | "forbidden-name" | "too-deep" } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: "malformed-json" };
  }
  // From here on the text is known to be JSON, so its tokens can be told apart by a pattern.
  const names: (Set<string> | undefined)[] = [];
  let lastString = "";
  for (const [token] of text.matchAll(tokens)) {
    if (token === "{" || token === "[") {
      if (names.length === maxDepth) return { fault: "too-deep" };
      names.push(token === "{" ? new Set() : undefined);
    } else if (token === "}" || token === "]") {
      names.pop();
    } else if (token === ":") {
      const name: string = JSON.parse(lastString);
      const seen = names.at(-1);
      if (name === "__proto__") return { fault: "forbidden-name" };
      if (seen?.has(name)) return { fault: "duplicate-name" };
      seen?.add(name);
    } else if (token !== ",") {
      lastString = token;
    }
  }
  return { value };
}
