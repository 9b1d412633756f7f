import { latin1Of } from "../../ssh-format/bytes.ts";
import { unlessCutShort, WireReader } from "../../ssh-format/ssh-wire.ts";

/** Bytes in which a server has shown its key: names of algorithms and one or two keys come before. */
const longestStart = 256 * 1024;

/** RFC 4253 §12, and the replies of RFC 5656 §7.1 and of RFC 4419 §5, both of which begin with the host key. */
const messages = { newKeys: 21, ecdhReply: 31, groupExchangeReply: 33 };

/**
 * Reads what an SSH server sends before it encrypts: its host key is in the clear.
 *
 * @param onKey gets the key, in SSH's wire format, at most once.
 * @returns what takes the server's bytes, in their order and in pieces of any size.
 */
export function watchForHostKey(onKey: (blob: Uint8Array) => void): (bytes: Uint8Array) => void {
  let held = Buffer.alloc(0);
  let hasVersion = false;
  let isOver = false;
  return (bytes) => {
    if (isOver) return;
    held = Buffer.concat([held, bytes]);
    if (!hasVersion) {
      const version = /(?:^|\n)SSH-[^\n]*\n/.exec(held.toString("latin1"));
      if (version !== null) held = held.subarray(version.index + version[0].length);
      hasVersion = version !== null;
    }
    while (hasVersion && !isOver && held.length >= 6) {
      const end = 4 + held.readUInt32BE(0);
      if (held.length < end) break;
      const payload = held.subarray(5, Math.max(5, end - held.readUInt8(4)));
      held = held.subarray(end);
      const blob = hostKeyIn(payload);
      if (blob !== undefined) onKey(blob);
      isOver = blob !== undefined || payload[0] === messages.newKeys;
    }
    if (held.length > longestStart) isOver = true;
    if (isOver) held = Buffer.alloc(0);
  };
}

/** The same number is a group's, which has no key in it. */
function hostKeyIn(payload: Uint8Array): Uint8Array | undefined {
  const [number] = payload;
  if (number !== messages.ecdhReply && number !== messages.groupExchangeReply) return undefined;
  return unlessCutShort(() => {
    const blob = new WireReader(payload.subarray(1)).string();
    return /^[a-z][\w@.-]+$/.test(latin1Of(new WireReader(blob).string())) ? blob : undefined;
  });
}
