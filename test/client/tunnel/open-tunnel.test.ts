import type { IncomingMessage } from "node:http";
import type { Server } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { Failure } from "../../../client/terminal/failure.ts";
import { openTunnel } from "../../../client/tunnel/open-tunnel.ts";
import { openTimeout } from "../../../sdk/tunnel.ts";
import { type Endpoint, pathOfUrl, secrets, startEndpoint } from "../../support/tunnel/endpoint.ts";
import { closePort, listenRaw, portOf } from "../../support/tunnel/raw-server.ts";
import { selfSigned } from "../../support/tunnel/self-signed.ts";

const never = new AbortController().signal;
const options = { environment: {}, signal: never, timeout: 120_000 };

const servers: (Server | Endpoint)[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => ("stop" in server ? server.stop() : closePort(server))));
});

/** What opening fails with; the URL's secrets are never in it. */
async function failureOf(url: string, changes: Partial<typeof options> = {}): Promise<Failure> {
  const failure = await openTunnel(url, { ...options, ...changes }).then(
    () => {
      throw new Error("The tunnel is open");
    },
    (error: Failure) => error,
  );
  const told = `${failure.message} ${failure.hint}`;
  for (const secret of Object.values(secrets)) expect(told).not.toContain(secret);
  expect(told).not.toContain("openTunnel?");
  return failure;
}

const refusing = async (response: string) => {
  const endpoint = await startEndpoint(() => {}, { refuse: (socket) => socket.end(response) });
  servers.push(endpoint);
  return endpoint.url;
};
const response = (status: number, body: string) =>
  `HTTP/1.1 ${status} Refused\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
const error = (code: string, message: string) => JSON.stringify({ ErrorCode: code, Message: message });

describe("an endpoint that refuses the tunnel", () => {
  test.each([
    [
      "says why",
      response(403, error("AccessDenied", "Not authorized to open this tunnel")),
      "127.0.0.1 refuses the tunnel with 403: AccessDenied: Not authorized to open this tunnel",
      77,
    ],
    [
      "tells a code alone",
      response(400, '{"ErrorCode": "InvalidParameter"}'),
      "127.0.0.1 refuses the tunnel with 400: InvalidParameter",
      69,
    ],
    [
      "has too many already",
      response(429, error("TooMany", "20")),
      "127.0.0.1 refuses the tunnel with 429: TooMany: 20",
      75,
    ],
    ["answers with a page", response(502, "<html>Bad gateway</html>"), "127.0.0.1 refuses the tunnel with 502", 69],
    ["answers with JSON of another kind", response(500, '["ErrorCode"]'), "127.0.0.1 refuses the tunnel with 500", 69],
    ["answers nothing", response(503, ""), "127.0.0.1 refuses the tunnel with 503", 69],
    [
      "redirects",
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
      "127.0.0.1 refuses the tunnel with 302",
      69,
    ],
    [
      "breaks its response off",
      "HTTP/1.1 403 Refused\r\nContent-Length: 99\r\n\r\n{",
      "127.0.0.1 refuses the tunnel with 403",
      77,
    ],
    [
      "would colour the terminal",
      response(403, error("Denied", "\u001b[31mred\u001b]0;title\u0007\r\n\u202eback")),
      "127.0.0.1 refuses the tunnel with 403: Denied: \\u{1b}[31mred\\u{1b}]0;title\\u{7}\\u{d}\\u{a}\\u{202e}back",
      77,
    ],
  ])("and %s", async (_, response, message, exitCode) => {
    expect(await failureOf(await refusing(response))).toMatchObject({ message, exitCode });
  });

  test("and says very much is cut short", async () => {
    const { message } = await failureOf(await refusing(response(403, error("Denied", "x".repeat(10_000)))));
    expect(message).toMatch(/^127\.0\.0\.1 refuses the tunnel with 403: Denied: x{292}…$/);
  });

  test("and never stops talking is given up", async () => {
    const endpoint = await startEndpoint(() => {}, {
      refuse: (socket) => {
        socket.write("HTTP/1.1 403 Refused\r\n\r\n");
        const more = () => socket.write("x".repeat(1000), (failed) => failed || setImmediate(more));
        more();
      },
    });
    servers.push(endpoint);
    expect(await failureOf(endpoint.url)).toMatchObject({ message: "127.0.0.1 refuses the tunnel with 403" });
  });

  test("and starts a response that never ends is given up", async () => {
    const endpoint = await startEndpoint(() => {}, {
      refuse: (socket) => socket.write("HTTP/1.1 403 Refused\r\nContent-Length: 9\r\n\r\n{"),
    });
    servers.push(endpoint);
    expect(await failureOf(endpoint.url, { timeout: 100 })).toMatchObject({
      message: "127.0.0.1 does not answer (TIMEOUT)",
    });
  });

  test("and quotes the URL's secrets does not bring them to the terminal", async () => {
    const quoted = `${secrets.signature} ${secrets.token} ${encodeURIComponent(secrets.token)} ${secrets.credential}`;
    const { message } = await failureOf(await refusing(response(403, error("SignatureDoesNotMatch", quoted))));
    expect(message).toContain("SignatureDoesNotMatch");
  });

  test("is told why the same could go better now", async () => {
    const { hint } = await failureOf(await refusing(response(403, error("AccessDenied", "Expired"))));
    expect(hint).toBe("a tunnel's URL is good for sixty seconds and one address: connect again");
  });
});

describe("what answers, but is no WebSocket server,", () => {
  test.each([
    [
      "upgrades to something else",
      "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
      "WS_NO_HANDSHAKE",
    ],
    [
      "does not prove that it has understood",
      "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: wrong\r\n\r\n",
      "WS_NO_HANDSHAKE",
    ],
    ["speaks another protocol", "SSH-2.0-OpenSSH_9.9\r\n", "HPE_INVALID_CONSTANT"],
  ])("if it %s", async (_, response, code) => {
    expect(await failureOf(await refusing(response))).toMatchObject({
      message: `127.0.0.1 does not answer as a WebSocket server (${code})`,
      exitCode: 69,
    });
  });

  test("if it hangs up", async () => {
    expect(await failureOf(await refusing(""))).toMatchObject({
      message: "127.0.0.1 breaks the connection off (ECONNRESET)",
    });
  });
});

describe("an endpoint that cannot be reached (aws-cli#8880: fails instead of hanging)", () => {
  test("accepts, and never answers", async () => {
    const blackHole = await listenRaw((socket) => socket.resume());
    servers.push(blackHole);
    const closed = new Promise((resolve) => blackHole.once("connection", (socket) => socket.once("close", resolve)));
    const failure = await failureOf(`ws://127.0.0.1:${portOf(blackHole)}${pathOfUrl}`, { timeout: 100 });
    expect(failure).toMatchObject({ message: "127.0.0.1 does not answer (TIMEOUT)", exitCode: 69 });
    expect(failure.hint).toContain("HTTPS_PROXY");
    await closed; // and is let go
  });

  test("speaks no TLS", async () => {
    const blackHole = await listenRaw(() => {});
    servers.push(blackHole);
    const url = `wss://127.0.0.1:${portOf(blackHole)}${pathOfUrl}`;
    expect(await failureOf(url, { timeout: 100 })).toMatchObject({ message: "127.0.0.1 does not answer (TIMEOUT)" });
  });

  test("refuses connections", async () => {
    const closed = await listenRaw(() => {});
    const port = portOf(closed);
    await closePort(closed);
    expect(await failureOf(`ws://127.0.0.1:${port}${pathOfUrl}`)).toMatchObject({
      message: "127.0.0.1 refuses connections (ECONNREFUSED)",
      exitCode: 69,
    });
  });

  test("has a name that nobody knows", async () => {
    // RFC 6761: there never is one. Without a network, its server cannot be asked.
    const { message } = await failureOf(`wss://endpoint.invalid${pathOfUrl}`);
    expect(message).toMatch(/^endpoint\.invalid cannot be resolved \((?:ENOTFOUND|EAI_AGAIN)\)$/);
  });

  test("has four seconds, so that the process has ended after five", () => {
    expect(openTimeout).toBe(4000);
  });
});

describe("a tunnel's URL", () => {
  test.each([
    ["nothing", ""],
    ["no URL", `wss://[${secrets.signature}`],
    ["no WebSocket", `https://127.0.0.1${pathOfUrl}`],
    ["open to all on its way", `ws://192.0.2.1${pathOfUrl}`],
    ["open to all, with a name like this machine's", `ws://localhost.example${pathOfUrl}`],
  ])("is not taken where it is %s, and not repeated", async (_, url) => {
    expect((await failureOf(url)).message).toBe("the tunnel's URL does not begin with wss://");
  });
});

describe("TLS", () => {
  test("with a certificate that nobody trusts is refused", async () => {
    const endpoint = await startEndpoint(() => {}, { tls: selfSigned() });
    servers.push(endpoint);
    const failure = await failureOf(endpoint.url);
    expect(failure.message).toMatch(/^127\.0\.0\.1 has a certificate that is not trusted \([A-Z_]+\)$/);
    expect(failure.hint).toContain("NODE_EXTRA_CA_CERTS");
    expect(endpoint.asked).toBe(0);
  });
});

describe("Ctrl-C", () => {
  test("ends the opening, and leaves no connection", async () => {
    const user = new AbortController();
    const blackHole = await listenRaw((socket) => {
      socket.once("data", () => user.abort(130));
    });
    servers.push(blackHole);
    const closed = new Promise((resolve) => blackHole.once("connection", (socket) => socket.once("close", resolve)));
    const url = `ws://127.0.0.1:${portOf(blackHole)}${pathOfUrl}`;
    await expect(openTunnel(url, { ...options, signal: user.signal })).rejects.toBe(130);
    await closed;
  });

  test("before it begins lets nothing begin", async () => {
    await expect(openTunnel("ws://127.0.0.1:1/", { ...options, signal: AbortSignal.abort(130) })).rejects.toBe(130);
  });
});

test("the request has neither subprotocol nor extension, and the URL as it was signed", async () => {
  const asked = Promise.withResolvers<IncomingMessage>();
  const endpoint = await startEndpoint(({ request }) => asked.resolve(request));
  servers.push(endpoint);
  (await openTunnel(endpoint.url, options)).terminate();
  const { url, headers } = await asked.promise;
  expect({ url, ...headers }).toMatchObject({ url: pathOfUrl, upgrade: "websocket" });
  expect(headers).not.toHaveProperty("sec-websocket-protocol");
  expect(headers).not.toHaveProperty("sec-websocket-extensions");
});
