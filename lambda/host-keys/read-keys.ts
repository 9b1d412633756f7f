import type { FieldError } from "../../contract/problem.ts";
import { type HostKeyLine, readHostKeyLine } from "../../ssh-format/host-key-line.ts";
import { type HostKeyRefusal, hostKeyRefusals } from "../../ssh-format/host-key-refusals.ts";
import { Problem } from "../shared/problem.ts";

/**
 * Parses a list of host keys. Several of one type are allowed: sshd has two while one replaces the other.
 *
 * @throws Problem `invalid-request`, with the parser's code for each invalid key.
 */
export function readHostKeys(list: readonly { readonly key: string }[]): readonly HostKeyLine[] {
  const keys: HostKeyLine[] = [];
  const refusals: (FieldError & { readonly code: HostKeyRefusal })[] = [];
  for (const [index, { key: text }] of list.entries()) {
    const found = readHostKeyLine(text);
    const isThere = "key" in found && keys.some(({ key }) => key === found.key);
    if ("refusal" in found) refusals.push({ pointer: pointerOf(index), code: found.refusal });
    else if (isThere) refusals.push({ pointer: pointerOf(index), code: "duplicate-key" });
    else keys.push(found);
  }
  const [first] = refusals;
  if (first) throw new Problem("invalid-request", { errors: refusals, detail: hostKeyRefusals[first.code] });
  return keys;
}

const pointerOf = (index: number) => `/hostKeys/${index}/key`;
