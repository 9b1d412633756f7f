import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Failure } from "../../../client/terminal/failure.ts";
import { openTunnel } from "../../../client/tunnel/open-tunnel.ts";
import { WebSocketSide } from "../../../client/tunnel/web-socket-side.ts";
import { type ConnectProxy, startProxy } from "../../support/tunnel/connect-proxy.ts";
import { type Endpoint, pathOfUrl, startEndpoint } from "../../support/tunnel/endpoint.ts";
import { bridgeTo } from "../../support/tunnel/near.ts";
import { closePort, listenRaw, portOf } from "../../support/tunnel/raw-server.ts";
import { selfSigned } from "../../support/tunnel/self-signed.ts";

const signal = new AbortController().signal;

/** Those that name a proxy, or none. */
const variables = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"].flatMap((name) => [name, name.toUpperCase()]);
let saved: Readonly<Record<string, string | undefined>>;
let endpoint: Endpoint;
const proxies: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  // proxy-from-env knows no other environment than the process's.
  saved = { ...process.env };
  for (const name of variables) delete process.env[name];
  endpoint = await startEndpoint(({ webSocket }) => {
    webSocket.on("data", (bytes: Buffer) => webSocket.send(bytes));
  });
});
afterEach(async () => {
  for (const name of variables) delete process.env[name];
  Object.assign(process.env, saved);
  await endpoint.stop();
  await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()));
});

const proxied = async (options?: Parameters<typeof startProxy>[0]): Promise<ConnectProxy> => {
  const proxy = await startProxy(options);
  proxies.push(proxy);
  return proxy;
};
const set = (values: Readonly<Record<string, string>>) => Object.assign(process.env, values);
const open = (url = endpoint.url, timeout = 120_000) => openTunnel(url, { environment: process.env, signal, timeout });

/** What opening fails with; a password is never in it. */
async function failureOf(url?: string, timeout?: number): Promise<Failure> {
  const failure = await open(url, timeout).then(
    () => {
      throw new Error("The tunnel is open");
    },
    (error: Failure) => error,
  );
  expect(`${failure.message} ${failure.hint} ${failure.cause}`).not.toContain("hunter2");
  return failure;
}

describe("a proxy that does not let the tunnel through is told, by its host and port alone", () => {
  const refusing = (status: string) => (socket: { end(text: string): void }) => {
    socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 6\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n<html>`);
  };

  test.each([
    ["wants credentials", "407 Proxy Authentication Required", 407, /^HTTPS_PROXY takes the proxy's credentials/],
    ["cannot reach the endpoint", "502 Bad Gateway", 502, /^NO_PROXY names hosts/],
    ["forbids it", "403 Forbidden", 403, /^NO_PROXY names hosts/],
  ])("if it %s", async (_, statusLine, status, hint) => {
    const { port } = await proxied({ answer: refusing(statusLine) });
    set({ HTTP_PROXY: `http://alice:hunter2@127.0.0.1:${port}` });
    const failure = await failureOf();
    expect(failure).toMatchObject({
      message: `the proxy 127.0.0.1:${port} does not let the tunnel through: ${status}`,
      exitCode: 69,
      hint: expect.stringMatching(hint),
    });
    expect(endpoint.asked).toBe(0);
  });

  test("if it never responds (aws-cli#8880), and its connection is let go", async () => {
    const blackHole = await listenRaw((socket) => socket.resume());
    proxies.push({ stop: () => closePort(blackHole) });
    const closed = new Promise((resolve) => blackHole.once("connection", (socket) => socket.once("close", resolve)));
    set({ HTTP_PROXY: `http://alice:hunter2@127.0.0.1:${portOf(blackHole)}` });
    expect(await failureOf(endpoint.url, 100)).toMatchObject({
      message: `the proxy 127.0.0.1:${portOf(blackHole)} does not answer (TIMEOUT)`,
      exitCode: 69,
    });
    await closed;
  });

  test("if it is not there", async () => {
    const gone = await listenRaw(() => {});
    const port = portOf(gone);
    await closePort(gone);
    set({ HTTP_PROXY: `http://alice:hunter2@127.0.0.1:${port}` });
    expect(await failureOf()).toMatchObject({
      message: `the proxy 127.0.0.1:${port} refuses connections (ECONNREFUSED)`,
      exitCode: 69,
    });
  });

  test.each([
    ["another protocol", "socks5://alice:hunter2@127.0.0.1:1080"],
    ["no URL", "http://alice:hunter2@[nonsense"],
  ])("if it is %s", async (_, proxy) => {
    set({ HTTP_PROXY: proxy });
    expect(await failureOf()).toMatchObject({
      message: "the environment names a proxy that cannot be used",
      exitCode: 78,
    });
  });
});

describe("a fault behind a proxy is reported as the endpoint's", () => {
  test("if it refuses the tunnel", async () => {
    const refusing = await startEndpoint(() => {}, {
      refuse: (socket) => socket.end('HTTP/1.1 403 Refused\r\nContent-Length: 24\r\n\r\n{"ErrorCode": "Expired"}'),
    });
    proxies.push(refusing);
    set({ HTTP_PROXY: `http://127.0.0.1:${(await proxied()).port}` });
    expect(await failureOf(refusing.url)).toMatchObject({
      message: "127.0.0.1 refuses the tunnel with 403: Expired",
      exitCode: 77,
    });
  });

  test("if it never responds", async () => {
    const blackHole = await listenRaw((socket) => socket.resume());
    proxies.push({ stop: () => closePort(blackHole) });
    set({ HTTP_PROXY: `http://127.0.0.1:${(await proxied()).port}` });
    expect(await failureOf(`ws://127.0.0.1:${portOf(blackHole)}${pathOfUrl}`, 300)).toMatchObject({
      message: "127.0.0.1 does not answer (TIMEOUT)",
    });
  });

  test("if nobody trusts its certificate: the proxy sees no more than its name", async () => {
    const secure = await startEndpoint(() => {}, { tls: selfSigned() });
    proxies.push(secure);
    const proxy = await proxied();
    set({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    const { message } = await failureOf(secure.url);
    expect(message).toMatch(/^127\.0\.0\.1 has a certificate that is not trusted/);
    expect(proxy.asked).toEqual([{ target: `127.0.0.1:${secure.port}`, authorization: undefined }]);
  });
});

describe("the way", () => {
  /** Whether the tunnel goes through the proxy, and that it carries bytes. */
  const leadsThrough = async (values: (port: number) => Readonly<Record<string, string>>) => {
    const proxy = await proxied();
    set(values(proxy.port));
    const near = bridgeTo(new WebSocketSide(await open()));
    near.stdin.write("x");
    await near.bytesRead(1);
    near.stdin.end();
    await near.ended;
    return proxy.asked;
  };
  const basic = `Basic ${Buffer.from("alice:hunter2 ü").toString("base64")}`;

  test.each([
    ["there is no proxy", () => ({})],
    ["the proxy is for https alone", (port: number) => ({ HTTPS_PROXY: `http://127.0.0.1:${port}` })],
    [
      "NO_PROXY has the host",
      (port: number) => ({ HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: "10.0.0.1,127.0.0.1" }),
    ],
    ["no_proxy has the host", (port: number) => ({ http_proxy: `http://127.0.0.1:${port}`, no_proxy: "127.0.0.1" })],
    ["NO_PROXY has everything", (port: number) => ({ HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: "*" })],
  ])("is direct where %s", async (_, values) => {
    expect(await leadsThrough(values)).toEqual([]);
  });

  test.each([
    ["HTTP_PROXY", (port: number) => ({ HTTP_PROXY: `http://127.0.0.1:${port}` }), undefined],
    ["http_proxy", (port: number) => ({ http_proxy: `http://127.0.0.1:${port}` }), undefined],
    ["ALL_PROXY", (port: number) => ({ ALL_PROXY: `http://127.0.0.1:${port}` }), undefined],
    ["a name without a scheme", (port: number) => ({ HTTP_PROXY: `127.0.0.1:${port}` }), undefined],
    [
      "NO_PROXY that has another host",
      (port: number) => ({ HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: "127.0.0.10" }),
      undefined,
    ],
    ["credentials", (port: number) => ({ HTTP_PROXY: `http://alice:hunter2%20%C3%BC@127.0.0.1:${port}` }), basic],
  ])("leads through the proxy by %s", async (_, values, authorization) => {
    expect(await leadsThrough(values)).toEqual([{ target: `127.0.0.1:${endpoint.port}`, authorization }]);
  });
});
