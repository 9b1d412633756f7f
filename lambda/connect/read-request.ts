import { type PublicKey, parsePublicKey, publicKeyRefusals } from "../../ssh-format/public-key.ts";
import { type ConnectionOptions, contradictionIn, type InvalidOptions } from "../resolve/connection-options.ts";
import { invalidField, type Problem } from "../shared/problem.ts";

/** @throws Problem `invalid-request` for the public key, with the parser's own code. */
export function readKey(publicKey: string): PublicKey {
  const result = parsePublicKey(publicKey);
  if ("refusal" in result) throw invalidField("/publicKey", result.refusal, publicKeyRefusals[result.refusal]);
  return result.key;
}

/** @throws Problem `invalid-request` if the options contradict each other for every instance. */
export function requireConsistent(options: ConnectionOptions): void {
  const contradiction = contradictionIn(options);
  if (contradiction) throw invalidOptions(contradiction);
}

export function invalidOptions({ pointer, reasonCode, reason }: InvalidOptions): Problem {
  return invalidField(pointer, reasonCode, reason);
}
