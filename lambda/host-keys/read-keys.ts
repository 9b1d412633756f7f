import type { FieldError } from "../../contract/problem.ts";
import { type HostKeyLine, readHostKeyLine } from "../../ssh-format/host-key-line.ts";
import { type HostKeyRefusal, hostKeyRefusals } from "../../ssh-format/host-key-refusals.ts";
import { Problem } from "../shared/problem.ts";

/**
 * The host keys of a list, each once. Several of one type are taken: sshd can have them, and has while one takes the place
 * of another.
 *
 * @throws Problem `invalid-request`, which names each key that is refused, by the parser's own code.
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
