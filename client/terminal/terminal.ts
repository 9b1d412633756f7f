import { hidden, visible } from "../../contract/visible.ts";

export { visible, visibleJson } from "../../contract/visible.ts";

/** A colour or weight of text; if the stream is not a terminal, the plain text. */
export type Paint = (text: string) => string;

export interface Paints {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
}

/**
 * All that the command shows and asks. Results go to standard output, which stays clean for pipes; everything else
 * goes to standard error.
 */
export interface Terminal {
  /** Whether somebody can be asked: standard input and standard error are terminals. */
  readonly isInteractive: boolean;
  /** Columns of standard error. */
  readonly columns: number;
  /** Columns of standard output; undefined if it is not a terminal. */
  readonly outColumns: number | undefined;
  /** For results, and for messages. */
  readonly outPaints: Paints;
  readonly errPaints: Paints;
  /** A result: text with its line ends. */
  out(text: string): void;
  /** A result as JSON, for programs and, with nothing hidden in it, for people. */
  json(value: unknown): void;
  /** A message of one line or more: each is written after `latchkey: `. */
  note(message: string): void;
  /** What can be done about the note before: one line, written after `hint: `. */
  hint(message: string): void;
  /** One line on standard error that the next progress takes the place of; if it is not a terminal, a note for each new text. */
  progress(message: string): void;
  /** Takes the progress line away. */
  endProgress(): void;
  /** Asks for a line. @returns undefined at the end of input. Only where `isInteractive`. */
  ask(question: string): Promise<string | undefined>;
}

/** The codes of `Paints`. Text from elsewhere has lost its own before, by `visible`. */
const hiddenUnlessOurs = new RegExp(String.raw`\u001b\[(?:1|2|22|31|32|33|39)m|\n|${hidden}`, "gu");

/** Text from people, as one phrase: white space in it is one space, so that it cannot be laid out like Latchkey's own lines. */
export function phrase(text: string): string {
  return visible(text).replace(/\s+/g, " ").trim();
}

/** Lines of the command's own: a last look at what goes to a terminal. */
export function screened(lines: string): string {
  return lines.replace(hiddenUnlessOurs, (match) => (match === "\n" || match.length > 2 ? match : visible(match)));
}
