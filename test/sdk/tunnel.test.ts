import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { WebSocket } from "ws";
import { Latchkey, LatchkeyError, NetworkError } from "../../sdk/index.ts";
import {
  type Endpoint,
  opcodes,
  secrets,
  serverFrame,
  startEndpoint,
  type Tunnel,
} from "../support/tunnel/endpoint.ts";

const latchkey = new Latchkey({ url: "https://latchkey.example.com" });
const throughTunnel = (url: string) =>
  ({ tunnel: { url, expiresAt: "", endpointId: "", maxDurationSeconds: 1 } }) as never;

let endpoint: Endpoint | undefined;
afterEach(async () => {
  await endpoint?.stop();
  endpoint = undefined;
});

/** An endpoint that sends back what it gets. */
const echo = ({ webSocket }: Tunnel) => {
  webSocket.on("message", ({ data }: { readonly data: Buffer }) => webSocket.send(data));
};

describe.each([
  ["the global WebSocket", undefined],
  ["that of ws", WebSocket as never],
])("a tunnel by %s", (_, given) => {
  test("passes bytes both ways, until it is closed", async () => {
    let closed: Tunnel["closed"] | undefined;
    endpoint = await startEndpoint((tunnel) => {
      closed = tunnel.closed;
      echo(tunnel);
    });
    const { promise: received, resolve: onMessage } = Promise.withResolvers<Uint8Array>();
    const socket = await latchkey.openTunnel(throughTunnel(endpoint.url), { WebSocket: given, onMessage });
    const bytes = Uint8Array.from([0, 255, 13, 10]);
    socket.send(bytes);
    expect(await received).toEqual(bytes);
    socket.close(1000, "done");
    expect(await closed).toEqual({ code: 1000, reason: "done" });
  });

  test("loses nothing that comes together with the handshake", async () => {
    endpoint = await startEndpoint(() => {}, {
      refuse: (socket, { headers }) => {
        const accept = createHash("sha1").update(`${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
        const handshake = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`;
        socket.write(Buffer.concat([Buffer.from(handshake), serverFrame(opcodes.binary, "SSH-2.0-")]));
      },
    });
    const { promise: received, resolve: onMessage } = Promise.withResolvers<Uint8Array>();
    const socket = await latchkey.openTunnel(throughTunnel(endpoint.url), { WebSocket: given, onMessage });
    expect(Buffer.from(await received).toString()).toBe("SSH-2.0-");
    socket.close();
  });

  test("that the endpoint refuses throws a NetworkError without the URL's secrets", async () => {
    endpoint = await startEndpoint(() => {}, {
      refuse: (socket) => void socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
    });
    const error: unknown = await latchkey
      .openTunnel(throughTunnel(endpoint.url), { WebSocket: given })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ code: "WS_NO_HANDSHAKE", host: `127.0.0.1:${endpoint.port}` });
    expect(`${error} ${JSON.stringify(error)}`).not.toContain(secrets.signature);
  });

  test("that its signal ends throws the signal's reason", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const controller = new AbortController();
    silent.once("connection", () => controller.abort("enough"));
    const { port } = silent.address() as { port: number };
    const opening = latchkey.openTunnel(throughTunnel(`ws://127.0.0.1:${port}/`), {
      signal: controller.signal,
      timeout: 100_000,
      WebSocket: given,
    });
    await expect(opening).rejects.toBe("enough");
    await new Promise((resolve) => silent.close(resolve));
  });
});

describe("no tunnel is opened", () => {
  test("for a connection without one", async () => {
    await expect(latchkey.openTunnel({})).rejects.toThrow(LatchkeyError);
  });

  test.each(["ws://eice.example/openTunnel", "https://eice.example", "secret"])("to %s", async (url) => {
    await expect(latchkey.openTunnel(throughTunnel(url))).rejects.toThrow(
      "the tunnel's URL does not begin with wss://",
    );
  });
});
