// The ProxyCommand of a private instance, in a few lines: joins standard input and output to a tunnel URL.
import { Readable } from "node:stream";
import { createWebSocketStream, WebSocket } from "ws";

const maxFrame = 65_000; // bytes: an endpoint takes no longer one, and standard input comes in chunks of up to 65,536

async function* frames(chunks) {
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += maxFrame) yield chunk.subarray(start, start + maxFrame);
  }
}

const tunnel = createWebSocketStream(
  new WebSocket(process.argv[2] ?? process.env.LATCHKEY_TUNNEL_URL, { perMessageDeflate: false }),
);
Readable.from(frames(process.stdin)).pipe(tunnel).pipe(process.stdout);
// Ends when everything is written, though standard input stays open. An end from the other side is not followed by a close.
for (const event of ["end", "close"]) tunnel.on(event, () => process.stdin.unref());
