import { readDuration } from "../../contract/duration.ts";

/** Access to an instance as somebody asks for it in a chat. A field that is left out, or empty in a form, is undefined. */
export interface Ask {
  /** A name, an id or an address. */
  readonly instance: string;
  readonly osUser?: string | undefined;
  /** Undefined if nobody has said; NaN if it is no length of time. */
  readonly durationSeconds?: number | undefined;
  readonly reason?: string | undefined;
}

export type Command =
  | { readonly kind: "ask"; readonly ask: Ask }
  | { readonly kind: "requests" | "help" | "unlink" }
  /** Words that are no command. */
  | { readonly kind: "unknown" };

/** Text in quotation marks, of which phones make curly ones, else text without white space. */
const word = String.raw`(?:"[^"]*"|[“”„][^“”„]*[“”„]|\S+)`;
const clause = /^\s*(as|for|because)\s+(.*)$/is;

/**
 * Reads what somebody has typed after `/latchkey`: `ssh web-1 as root for 1h because INC-42`. The words `as`, `for` and `because`
 * come in any order, but what follows `because` is the reason, to the end.
 */
export function readCommand(text: string): Command {
  const [, verb = "", rest = ""] = /^\s*(\S*)\s*(.*)$/s.exec(text) ?? [];
  const name = verb.toLowerCase();
  if (name === "ssh") return readAsk(rest) ?? { kind: "unknown" };
  if (name === "" || name === "help") return { kind: "help" };
  return (name === "requests" || name === "unlink") && rest.trim() === "" ? { kind: name } : { kind: "unknown" };
}

function readAsk(text: string): Command | undefined {
  const [, instance = "", clauses = ""] = new RegExp(`^(${word})(.*)$`, "s").exec(text) ?? [];
  if (instance === "") return undefined;
  const fields: { as?: string; for?: string; because?: string } = {};
  for (let rest = clauses; rest.trim() !== ""; ) {
    const [, keyword = "", after = ""] = clause.exec(rest) ?? [];
    const name = keyword.toLowerCase() as keyof typeof fields;
    if (keyword === "" || fields[name] !== undefined) return undefined;
    // A length of time may have several words: `2 hours`.
    const end = { as: /\s|$/, for: /\s+(?:as|because)\s|$/i, because: /$/ }[name].exec(after)?.index ?? after.length;
    fields[name] = after.slice(0, end).trim();
    rest = after.slice(end);
  }
  return {
    kind: "ask",
    ask: askOf({ instance: unquoted(instance), osUser: fields.as, duration: fields.for, reason: fields.because }),
  };
}

/** What somebody asks for, from fields as they were typed. */
export function askOf(typed: {
  readonly instance: string;
  readonly osUser?: string | undefined;
  readonly duration?: string | undefined;
  readonly reason?: string | undefined;
}): Ask {
  const duration = filled(typed.duration);
  return {
    instance: typed.instance.trim(),
    osUser: filled(typed.osUser),
    durationSeconds: duration === undefined ? undefined : (readDuration(duration) ?? Number.NaN),
    reason: filled(typed.reason),
  };
}

const filled = (text = ""): string | undefined => text.trim() || undefined;

const unquoted = (text: string): string => text.replace(/^["“”„](.*)["“”„]$/s, "$1");
