import type { Place } from "../../contract/place.ts";
import { endOf } from "../api/problem-words.ts";
import { type ExitCode, exitCodes } from "../terminal/exit-code.ts";
import { type Terminal, visible } from "../terminal/terminal.ts";
import { withPlace } from "./place.ts";
import { placeWords } from "./tags.ts";

interface Page {
  readonly incomplete?:
    | readonly { readonly accountId: string; readonly region: string; readonly code: string }[]
    | undefined;
}

/** Says which accounts and regions a list may lack entries of: a line for each, once. */
export class IncompleteNotes {
  readonly #said = new Set<string>();
  readonly #places = new Set<string>();
  readonly #terminal: Pick<Terminal, "note">;
  readonly #entries: string;

  /** @param entries what is listed: `instances`. */
  constructor({ terminal }: { readonly terminal: Pick<Terminal, "note"> }, entries: string) {
    this.#terminal = terminal;
    this.#entries = entries;
  }

  /** @param page any page of the list. */
  readonly add = ({ incomplete = [] }: Page): void => {
    for (const part of incomplete) {
      const why = endOf({ code: part.code, status: 503 }).says ?? visible(part.code).replaceAll("-", " ");
      const line = `the ${this.#entries}${placeWords(part)} may be missing: ${why}`;
      if (!this.#said.has(line)) this.#terminal.note(line);
      this.#said.add(line);
      this.#places.add(withPlace("", part));
    }
  };

  /** Whether entries of this account and region may be missing. */
  readonly has = (place: Place): boolean => this.#places.has(withPlace("", place));

  /** What a list ends with, once all of it is shown. */
  get exitCode(): ExitCode {
    return this.#said.size > 0 ? exitCodes.unavailable : exitCodes.ok;
  }
}
