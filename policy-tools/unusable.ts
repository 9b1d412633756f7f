/** What makes input unusable: files, policies or settings. */
export class Unusable extends Error {
  /** Each in words for the author of the input, with text of theirs in it. */
  readonly complaints: readonly string[];

  constructor(complaints: readonly string[]) {
    super(complaints.join("\n"));
    this.complaints = complaints;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
