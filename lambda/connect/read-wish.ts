import type { ConnectionRequest } from "../contract/connection.ts";
import { invalidField, type Problem } from "../http/problem.ts";
import { type PublicKey, parsePublicKey, publicKeyRefusals } from "./public-key.ts";
import { contradictionIn, type InvalidWish } from "./resolve.ts";

/**
 * Reads what a schema cannot: the public key, and wishes that contradict each other.
 *
 * @throws Problem `invalid-request`.
 */
export function readKey(body: ConnectionRequest): PublicKey {
  const contradiction = contradictionIn(body);
  if (contradiction) throw invalidWish(contradiction);
  const result = parsePublicKey(body.publicKey);
  if ("refusal" in result) throw invalidField("/publicKey", result.refusal, publicKeyRefusals[result.refusal]);
  return result.key;
}

export function invalidWish({ pointer, reasonCode, reason }: InvalidWish): Problem {
  return invalidField(pointer, reasonCode, reason);
}
