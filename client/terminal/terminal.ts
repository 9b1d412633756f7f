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
  /** For results, and for messages. */
  readonly outPaints: Paints;
  readonly errPaints: Paints;
  /** A result: text with its line ends. */
  out(text: string): void;
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

/**
 * Text from elsewhere (the API, a server, a tag) as it can be shown: control characters, and those that turn the direction of
 * text, become visible, so that none of them moves the cursor, colours the screen or hides what follows.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
