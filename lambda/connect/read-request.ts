import type { ConnectionRequest } from "../../contract/connection.ts";
import { type PublicKey, parsePublicKey, publicKeyRefusals } from "../../ssh-format/public-key.ts";
import { type ConnectionWish, contradictionIn, type InvalidWish } from "../resolve/connection-options.ts";
import { invalidField, type Problem } from "../shared/problem.ts";

/** @throws Problem `invalid-request` for the public key, by the parser's own code. */
export function readKey({ publicKey }: Pick<ConnectionRequest, "publicKey">): PublicKey {
  const result = parsePublicKey(publicKey);
  if ("refusal" in result) throw invalidField("/publicKey", result.refusal, publicKeyRefusals[result.refusal]);
  return result.key;
}

/** @throws Problem `invalid-request` for a wish that contradicts itself, whatever the instance. */
export function requireConsistent(wish: ConnectionWish): void {
  const contradiction = contradictionIn(wish);
  if (contradiction) throw invalidWish(contradiction);
}

export function invalidWish({ pointer, reasonCode, reason }: InvalidWish): Problem {
  return invalidField(pointer, reasonCode, reason);
}
