import { concatBytes, latin1Of } from "../../ssh-format/bytes.ts";
import { sshString, uint32, unlessCutShort, WireReader } from "../../ssh-format/ssh-wire.ts";

/** The maximum length of a message in bytes, as in OpenSSH (`AGENT_MAX_LEN`). */
export const maxMessageBytes = 256 * 1024;

/** Message numbers of draft-miller-ssh-agent §6.1. */
const numbers = {
  failure: 5,
  requestIdentities: 11,
  identities: 12,
  signRequest: 13,
  signResponse: 14,
  extension: 27,
} as const;

/** A request to an agent. */
export type AgentRequest =
  | { readonly kind: "identities" }
  | { readonly kind: "sign"; readonly blob: Uint8Array; readonly data: Uint8Array; readonly flags: number }
  /** Binds the agent connection to an SSH connection, over which the agent may be forwarded. */
  | { readonly kind: "bind"; readonly isForwarding: boolean }
  | { readonly kind: "other" };

/** A public key that an agent has, in SSH's wire format. */
export interface AgentIdentity {
  readonly blob: Uint8Array;
  readonly comment: Uint8Array;
}

/** Reads a request, without its length. Returns undefined if it is cut short, or has bytes left over. */
export function decodeRequest(message: Uint8Array): AgentRequest | undefined {
  return unlessCutShort(() => {
    const reader = new WireReader(message);
    const number = reader.uint8();
    if (number === numbers.requestIdentities) return atEnd(reader, { kind: "identities" });
    if (number === numbers.signRequest) {
      return atEnd(reader, { kind: "sign", blob: reader.string(), data: reader.string(), flags: reader.uint32() });
    }
    if (number === numbers.extension && latin1Of(reader.string()) === sessionBind) return readBind(reader);
    return { kind: "other" };
  });
}

/** OpenSSH's PROTOCOL.agent §1: the host key, the session id, a signature, and whether the agent is forwarded. */
const sessionBind = "session-bind@openssh.com";

function readBind(reader: WireReader): AgentRequest | undefined {
  for (let part = 0; part < 3; part += 1) reader.string();
  return atEnd(reader, { kind: "bind", isForwarding: reader.uint8() !== 0 });
}

/** Reads the response to `identitiesRequest`. Returns undefined for anything but a well-formed list of keys. */
export function decodeIdentities(message: Uint8Array): readonly AgentIdentity[] | undefined {
  return unlessCutShort(() => {
    const reader = new WireReader(message);
    if (reader.uint8() !== numbers.identities) return undefined;
    const identities: AgentIdentity[] = [];
    // Each takes at least eight bytes, so a false count ends with the message.
    for (let left = reader.uint32(); left > 0; left -= 1) {
      identities.push({ blob: reader.string(), comment: reader.string() });
    }
    return atEnd(reader, identities);
  });
}

export const failureResponse = Uint8Array.of(numbers.failure);

export const identitiesRequest = Uint8Array.of(numbers.requestIdentities);

export function encodeIdentities(identities: readonly AgentIdentity[]): Uint8Array {
  const parts = identities.flatMap(({ blob, comment }) => [sshString(blob), sshString(comment)]);
  return concatBytes(Uint8Array.of(numbers.identities), uint32(identities.length), ...parts);
}

/** @param signature the raw bytes of an Ed25519 signature. */
export function encodeSignature(signature: Uint8Array): Uint8Array {
  const blob = concatBytes(sshString("ssh-ed25519"), sshString(signature));
  return concatBytes(Uint8Array.of(numbers.signResponse), sshString(blob));
}

/** Encodes a message for the wire: its length, then its bytes. */
export const frame = sshString;

/**
 * Splits a stream into messages, without their lengths. Holds at most one message.
 *
 * @throws RangeError if a length is zero or above `maxMessageBytes`, or the stream ends within a message.
 */
export async function* messagesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let held = new Uint8Array();
  for await (const chunk of stream) {
    held = concatBytes(held, chunk);
    while (held.length >= 4) {
      const length = new WireReader(held).uint32();
      if (length === 0 || length > maxMessageBytes) throw new RangeError("A message has an invalid length");
      if (held.length < 4 + length) break;
      yield held.subarray(4, 4 + length);
      held = held.subarray(4 + length);
    }
  }
  if (held.length > 0) throw new RangeError("The stream ends within a message");
}

function atEnd<T>(reader: WireReader, value: T): T | undefined {
  return reader.rest.length === 0 ? value : undefined;
}
