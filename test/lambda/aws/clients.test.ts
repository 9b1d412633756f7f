import { createServer } from "node:http";
import { Socket } from "node:net";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { HttpRequest } from "@smithy/core/protocols";
import { clientSettings } from "../../../lambda/aws/clients.ts";
import { listen, type RunningServer } from "../../../local/shared/loopback-server.ts";

let server: RunningServer;
beforeAll(async () => {
  // Responds with the beginning of a body, and nothing more.
  server = await listen(
    createServer((_, response) => response.writeHead(200).write("{")),
    0,
  );
});
afterAll(() => server.stop());

test("a response that stops in its body is given up, as one that does not begin", async () => {
  // A hundred times faster: inactive for 3 s, which Node measures where no test can advance its clock.
  const setTimeout = Socket.prototype.setTimeout;
  jest.spyOn(Socket.prototype, "setTimeout").mockImplementation(function (this: Socket, time, onTimeout) {
    return setTimeout.call(this, time / 100, onTimeout);
  });
  const { requestHandler } = clientSettings({ region: "us-east-1" });
  const request = new HttpRequest({ protocol: "http:", hostname: "127.0.0.1", port: server.port, path: "/" });
  const { response } = await requestHandler.handle(request);
  const reading = new Promise((resolve) => response.body.on("error", resolve).resume());
  expect(await reading).toMatchObject({ name: "TimeoutError" });
});
