/** What is wrong with a setting. */
export interface Complaint {
  /** Where it stands, below `latchkey`. */
  readonly path: (string | number)[];
  readonly message: string;
}

export function complaintsAboutRepeated(path: Complaint["path"], texts: readonly string[]): Complaint[] {
  return texts.flatMap((text, index) =>
    texts.indexOf(text) < index ? [{ path: [...path, index], message: `repeats ${text}: leave it out` }] : [],
  );
}
