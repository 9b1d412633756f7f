import { sshString, uint32, WireReader } from "./ssh-wire.ts";

/** Bytes that a message may have, as OpenSSH's ssh-agent and ssh bound it (`AGENT_MAX_LEN`). */
export const maxMessageBytes = 256 * 1024;

/** The message numbers of draft-miller-ssh-agent §6.1 that are read or written here. */
const numbers = {
  failure: 5,
  requestIdentities: 11,
  identitiesAnswer: 12,
  signRequest: 13,
  signResponse: 14,
  extension: 27,
} as const;

/** What an agent is asked, as far as it matters here. */
export type AgentRequest =
  | { readonly kind: "identities" }
  | { readonly kind: "sign"; readonly blob: Buffer; readonly data: Buffer; readonly flags: number }
  /** Which SSH connection the asking one serves, and whether the agent is forwarded over it. */
  | { readonly kind: "bind"; readonly isForwarding: boolean }
  | { readonly kind: "other" };

/** A public key that an agent has, in SSH's wire format. */
export interface AgentIdentity {
  readonly blob: Buffer;
  readonly comment: Buffer;
}

/** Reads a request, without its length. @returns undefined for one that is cut short, or longer than it says. */
export function decodeRequest(message: Buffer): AgentRequest | undefined {
  return unlessMalformed(() => {
    const reader = new WireReader(message);
    const number = reader.uint8();
    if (number === numbers.requestIdentities) return atEnd(reader, { kind: "identities" });
    if (number === numbers.signRequest) {
      return atEnd(reader, { kind: "sign", blob: reader.string(), data: reader.string(), flags: reader.uint32() });
    }
    if (number === numbers.extension && reader.string().equals(sessionBind)) return readBind(reader);
    return { kind: "other" };
  });
}

/** OpenSSH's PROTOCOL.agent §1: the host's key, the session's id, a signature, and whether the agent is forwarded. */
const sessionBind = Buffer.from("session-bind@openssh.com");

function readBind(reader: WireReader): AgentRequest | undefined {
  for (let part = 0; part < 3; part += 1) reader.string();
  return atEnd(reader, { kind: "bind", isForwarding: reader.uint8() !== 0 });
}

/** @returns undefined for anything but a well-formed list of keys. */
export function decodeIdentities(message: Buffer): readonly AgentIdentity[] | undefined {
  return unlessMalformed(() => {
    const reader = new WireReader(message);
    if (reader.uint8() !== numbers.identitiesAnswer) return undefined;
    const identities: AgentIdentity[] = [];
    // Each takes eight bytes at the least, so a count that lies ends with the message.
    for (let left = reader.uint32(); left > 0; left -= 1) {
      identities.push({ blob: reader.string(), comment: reader.string() });
    }
    return atEnd(reader, identities);
  });
}

export const failureAnswer = Buffer.from([numbers.failure]);

export const identitiesRequest = Buffer.from([numbers.requestIdentities]);

export function encodeIdentities(identities: readonly AgentIdentity[]): Buffer {
  const parts = identities.flatMap(({ blob, comment }) => [sshString(blob), sshString(comment)]);
  return Buffer.concat([Buffer.from([numbers.identitiesAnswer]), uint32(identities.length), ...parts]);
}

/** @param signature the raw bytes of an ed25519 signature. */
export function encodeSignature(signature: Buffer): Buffer {
  const blob = Buffer.concat([sshString("ssh-ed25519"), sshString(signature)]);
  return Buffer.concat([Buffer.from([numbers.signResponse]), sshString(blob)]);
}

/** A message as it goes over the wire: behind its length. */
export const frame = sshString;

/**
 * Cuts a stream into messages, without their lengths. No more than one message is held.
 *
 * @throws RangeError at a length of zero, at one beyond `maxMessageBytes`, and at a stream that ends within a message.
 */
export async function* messagesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let held = Buffer.alloc(0);
  for await (const chunk of stream) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4) {
      const length = held.readUInt32BE();
      if (length === 0 || length > maxMessageBytes) throw new RangeError("A message has a length that none may have");
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

function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
