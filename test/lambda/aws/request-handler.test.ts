import { EventEmitter, getEventListeners, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { LostConnection, RequestHandler } from "../../../lambda/aws/request-handler.ts";
import { listen, type RunningServer } from "../../../local/shared/loopback-server.ts";

type Respond = (request: IncomingMessage, response: ServerResponse) => void;

let respond: Respond;
const http = createServer((request, response) => respond(request, response));
const connections: Socket[] = [];
http.on("connection", (socket) => connections.push(socket));
let server: RunningServer;
let handler: RequestHandler;
beforeAll(async () => {
  server = await listen(http, 0);
});
afterAll(() => server.stop());
beforeEach(() => {
  handler = new RequestHandler();
  connections.length = 0;
});
afterEach(() => {
  jest.restoreAllMocks();
  for (const connection of connections) connection.destroy();
});

const send = (abortSignal?: AbortSignal, body: string | Uint8Array = "") => {
  const request = { protocol: "http:", hostname: "127.0.0.1", port: server.port, method: "POST", path: "/" };
  return handler.handle({ ...request, headers: {}, body }, abortSignal && { abortSignal });
};
const allClosed = () =>
  Promise.all(connections.map((socket) => socket.closed || new Promise((resolve) => socket.once("close", resolve))));

describe("a response", () => {
  test.each<[sentence: string, body: string | Uint8Array]>([
    ["text", "grüße"],
    ["bytes", new TextEncoder().encode("grüße")],
  ])("has its status, headers and whole body; what was sent as %s is received", async (_, body) => {
    respond = async (request, response) => {
      response.writeHead(418, { "X-Amzn-RequestId": "one" });
      for await (const piece of request) response.write(piece);
      response.end(" and more");
    };
    const { response } = await send(undefined, body);
    expect(response).toMatchObject({ statusCode: 418, headers: { "x-amzn-requestid": "one" } });
    expect(Buffer.from(response.body).toString()).toBe("grüße and more");
  });

  test("leaves its connection to the next request", async () => {
    respond = (_, response) => response.end("{}");
    await send();
    await send();
    expect(connections).toHaveLength(1);
  });
});

describe("a request is given up", () => {
  const silentAt: Record<string, Respond> = {
    "before the headers": () => {},
    "in the body": (_, response) => response.writeHead(200).write("{"),
  };

  test.each(Object.entries(silentAt))("after the silence allowed, %s", async (_, silence) => {
    respond = silence;
    handler.timeouts.silence = 20;
    await expect(send()).rejects.toMatchObject({ name: "TimeoutError" });
    await allClosed();
  });

  test("if there is no connection in time", async () => {
    jest.spyOn(Socket.prototype, "connect").mockImplementation(function (this: Socket) {
      return Object.assign(this, { connecting: true });
    });
    handler.timeouts.connection = 20;
    await expect(send()).rejects.toMatchObject({ name: "TimeoutError", message: "no connection in 20 ms" });
  });

  test("but not while pieces of the body are received", async () => {
    const pieces = 4;
    const started = Promise.withResolvers<ServerResponse>();
    respond = (_, response) => {
      response.flushHeaders();
      started.resolve(response);
    };
    const received = new EventEmitter();
    const push = Socket.prototype.push;
    jest.spyOn(Socket.prototype, "push").mockImplementation(function (this: Socket, piece, encoding) {
      setImmediate(() => received.emit("piece"));
      return push.call(this, piece, encoding);
    });
    // No other timer: Node's own are not of this realm.
    const setTimeout = jest.spyOn(globalThis, "setTimeout");
    const sent = send();
    const part = await started.promise;
    const refresh = jest.spyOn(setTimeout.mock.results[0]?.value as NodeJS.Timeout, "refresh");
    for (let count = 1; count <= pieces; count++) {
      const next = once(received, "piece");
      part.write("x");
      await next;
    }
    part.end();
    const { response } = await sent;
    expect(Buffer.from(response.body).toString()).toBe("x".repeat(pieces));
    expect(refresh.mock.calls.length).toBeGreaterThan(pieces);
  });

  test.each(Object.entries(silentAt))(
    "when its signal aborts, %s: no connection and no listener stays",
    async (_, at) => {
      const controller = new AbortController();
      const received = Promise.withResolvers<void>();
      respond = (request, response) => {
        at(request, response);
        received.resolve();
      };
      const failed = expect(send(controller.signal)).rejects.toMatchObject({ name: "AbortError" });
      await received.promise;
      controller.abort();
      await failed;
      await allClosed();
      expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    },
  );

  test("before it is sent, if its signal has aborted", async () => {
    await expect(send(AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
    expect(connections).toEqual([]);
  });
});

test("a signal that serves many requests keeps no listener of those that have ended", async () => {
  const { signal } = new AbortController();
  respond = (_, response) => response.end("{}");
  await send(signal);
  respond = (request) => request.socket.destroy();
  await send(signal).catch(() => {});
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

describe("a connection that breaks has Node's code, by which the SDK tells what to retry", () => {
  test.each<[sentence: string, breaks: Respond]>([
    ["before the headers", (request) => request.socket.destroy()],
    [
      "in the body",
      (request, response) => {
        response.writeHead(200, { "Content-Length": 2 });
        response.write("{", () => request.socket.destroy());
      },
    ],
  ])("%s", async (_, breaks) => {
    respond = breaks;
    await expect(send()).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  test("if nothing listens", async () => {
    const request = { protocol: "http:", hostname: "127.0.0.1", port: 1, headers: {} };
    await expect(handler.handle(request)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("a connection that is closed as a request is sent", () => {
  const breakAfter = async (pause: number) => {
    const start = Date.parse("2026-01-02T03:04:05Z");
    const now = jest.spyOn(Date, "now").mockReturnValue(start);
    respond = (_, response) => response.end("{}");
    await send();
    now.mockReturnValue(start + pause);
    respond = (request) => request.socket.destroy();
    return send().catch((error: unknown) => error);
  };

  test("was lost in a pause, if it was kept for more than a second", async () => {
    const lost = await breakAfter(1001);
    expect(lost).toBeInstanceOf(LostConnection);
    expect(lost).toMatchObject({ code: "ECONNRESET" });
    expect(connections).toHaveLength(1);
  });

  test("broke, if it was used just before", async () => {
    const broken = await breakAfter(1000);
    expect(broken).not.toBeInstanceOf(LostConnection);
    expect(broken).toMatchObject({ code: "ECONNRESET" });
  });

  test("broke, if it was made for the request", async () => {
    respond = (request) => request.socket.destroy();
    await expect(send()).rejects.not.toBeInstanceOf(LostConnection);
  });
});
