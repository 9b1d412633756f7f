/**
 * Replaces what differs from run to run, as transcripts write it. Each kind has its own numbers, in the order of its values, so
 * that a later command can name what an earlier one created.
 */
export class RunDifferences {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
  }

  /** The output, with names for what differs. */
  hide(text: string): string {
    return kinds.reduce(
      (hidden, { pattern, name, isCounted }) =>
        hidden.replace(pattern, (value) => (isCounted ? this.#nameOf(value, name) : `<${name}>`)),
      text.replaceAll(this.#home, "<home>"),
    );
  }

  /** The command, with the values of its names. @throws Error for an unknown name */
  fill(command: string): string {
    return command.replaceAll("<home>", this.#home).replace(/<(?:request|uuid|fingerprint|key) \d+>/g, (name) => {
      const found = [...this.#names].find(([, given]) => given === name);
      if (found === undefined) throw new Error(`Nothing is named ${name} so far`);
      return found[0];
    });
  }

  #nameOf(value: string, kind: string): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    this.#names.set(value, `<${kind} ${count}>`);
    return `<${kind} ${count}>`;
  }
}

/** In this order, because an earlier kind may contain a later one. */
const kinds: readonly { readonly pattern: RegExp; readonly name: string; readonly isCounted: boolean }[] = [
  { pattern: /\bar-[0-9a-f]{32}-[0-9a-f]{12}\b/g, name: "request", isCounted: true },
  { pattern: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, name: "uuid", isCounted: true },
  { pattern: /\bSHA256:[A-Za-z0-9+/]{43}/g, name: "fingerprint", isCounted: true },
  { pattern: /\bAAAA[A-Za-z0-9+/]{60,}={0,2}/g, name: "key", isCounted: true },
  { pattern: /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| UTC)?/g, name: "time", isCounted: false },
  {
    pattern: /(?<=(?:127\.0\.0\.1|localhost|\[::1\]|::1)(?::| port |[^\n]* -p ))\d{4,5}\b/g,
    name: "port",
    isCounted: false,
  },
  { pattern: /(?<=ssh-port": ")\d+/g, name: "port", isCounted: false },
  { pattern: /(?<="port": )\d{4,5}\b/g, name: "port", isCounted: false },
];

/** Whether a line matches a transcript, in which `<*>` stands for any text. */
export function fits(expected: string, line: string): boolean {
  const parts = expected.split("<*>").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(line);
}
