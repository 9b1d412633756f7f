import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { maxHeadSize, respondToMalformed } from "../../../local/gateway/malformed-requests.ts";
import { listen, type RunningServer } from "../../../local/shared/loopback-server.ts";
import { sendRaw } from "../../support/raw-request.ts";

const head = (headers: string) => Buffer.from(`GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n\r\n`);

describe("bytes that are no HTTP request", () => {
  let running: RunningServer;
  beforeAll(async () => {
    const server = createServer({ maxHeaderSize: maxHeadSize }, (_, response) => {
      response.writeHead(204, { "Content-Length": 0 }).end();
    });
    respondToMalformed(server);
    running = await listen(server, 0);
  });
  afterAll(() => running.stop());

  test.each([
    ["a line without a colon", head("nothing"), 400, "invalid-request"],
    ["CONNECT", Buffer.from("CONNECT example.com:22 HTTP/1.1\r\nHost: example.com\r\n\r\n"), 400, "invalid-request"],
    ["headers beyond the quota", head(`X-Echo: ${"x".repeat(maxHeadSize)}`), 413, "payload-too-large"],
    ["a mebibyte of headers", head(`X-Echo: ${"x".repeat(1024 ** 2)}`), 413, "payload-too-large"],
  ])("%s gets one response, a problem, and ends the connection", async (_, bytes, status, code) => {
    const response = await sendRaw(running.port, bytes);
    expect(response).toMatchObject({ status, rest: "" });
    expect(JSON.parse(response.body)).toMatchObject({ status, code });
    expect([JSON.parse(response.body).requestId]).toEqual(response.headers.get("x-request-id"));
    expect(response.headers.get("connection")).toEqual(["close"]);
  });

  test("headers within the quota are taken", async () => {
    expect(await sendRaw(running.port, head(`X-Echo: ${"x".repeat(maxHeadSize - 100)}`))).toMatchObject({
      status: 204,
    });
  });

  test("a client that keeps its end open is cut off", async () => {
    const socket = connect({ port: running.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.resume().write(head("nothing"));
    await once(socket, "end");
    // Only a write finds out that the other end is gone.
    const nag = () => void socket.write("x", (failed) => failed || setImmediate(nag));
    nag();
    await expect(once(socket, "close")).rejects.toMatchObject({ code: expect.stringMatching(/^(EPIPE|ECONNRESET)$/) });
  });
});
