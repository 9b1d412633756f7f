import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { consoleHeaders } from "../../../contract/console.ts";
import { type ConsoleHost, startConsoleHost } from "../../../local/console/console-host.ts";
import { readConsoleSite } from "../../../local/console/console-site.ts";
import { listen } from "../../../local/shared/loopback-server.ts";
import { sendRaw } from "../../support/raw-request.ts";

const config = {
  api: "http://127.0.0.1:8081",
  issuer: "http://127.0.0.1:8082",
  clientId: "latchkey-console",
  scope: "openid",
  terminal: true,
};
const connections = { urls: [config.api, config.issuer], tunnels: ["ws://127.0.0.1:8090"] };

let directory: string;
let host: ConsoleHost;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-console-"));
  await mkdir(path.join(directory, "site/assets"), { recursive: true });
  await writeFile(path.join(directory, "secret.txt"), "none of its files");
  await writeFile(path.join(directory, "site/index.html"), "<!doctype html>");
  await writeFile(path.join(directory, "site/THIRD-PARTY-NOTICES.txt"), "licences");
  for (const name of ["main-ABCD.js", "main-ABCD.css", "icon-ABCD.svg"])
    await writeFile(path.join(directory, "site/assets", name), name);
  host = await startConsoleHost(0);
  host.serve(await readConsoleSite(path.join(directory, "site"), config, connections));
});
afterAll(async () => {
  await host.stop();
  await rm(directory, { recursive: true, force: true });
});

const send = (request: string) => sendRaw(host.port, Buffer.from(`${request}\r\nConnection: close\r\n\r\n`));

test("until it has files it refuses all requests for now", async () => {
  const other = await startConsoleHost(0);
  expect((await fetch(other.origin)).status).toBe(503);
  await other.stop();
});

describe("once it has files", () => {
  test.each([
    ["the page, at the root", "/", "text/html; charset=utf-8", "no-cache", "<!doctype html>"],
    ["the page, to which a sign-in leads back", "/?code=1&state=2", "text/html; charset=utf-8", "no-cache", "<!doc"],
    ["the configuration", "/config.json", "application/json", "no-cache", JSON.stringify(config)],
    ["the licences", "/THIRD-PARTY-NOTICES.txt", "text/plain; charset=utf-8", "no-cache", "licences"],
    ["a script", "/assets/main-ABCD.js", "text/javascript; charset=utf-8", "immutable", "main-ABCD.js"],
    ["a style sheet", "/assets/main-ABCD.css", "text/css; charset=utf-8", "immutable", "main-ABCD.css"],
    ["an image", "/assets/icon-ABCD.svg", "image/svg+xml", "immutable", "icon-ABCD.svg"],
  ])("it serves %s, with every header of the console", async (_, target, type, caching, body) => {
    const response = await fetch(`${host.origin}${target}`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      ...Object.fromEntries(
        Object.entries(consoleHeaders(connections)).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      "content-type": type,
      "cache-control": expect.stringContaining(caching),
    });
    expect(await response.text()).toContain(body);
  });

  test("it says of a file what it would serve, without the file", async () => {
    const response = await fetch(host.origin, { method: "HEAD" });
    expect(response.headers.get("content-length")).toBe("15");
    expect(await response.text()).toBe("");
  });

  test.each([
    ["a file that is not there", "GET /nothing HTTP/1.1\r\nHost: localhost", 404],
    ["a file beside its own", "GET /../secret.txt HTTP/1.1\r\nHost: localhost", 404],
    ["a folder", "GET /assets/ HTTP/1.1\r\nHost: localhost", 404],
    ["a whole URL", `GET http://localhost/ HTTP/1.1\r\nHost: localhost`, 404],
    ["a method that is not for reading", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0", 405],
    ["a Host that is not this machine", "GET / HTTP/1.1\r\nHost: evil.example", 403],
  ])("it refuses %s", async (_, request, status) => {
    expect(await send(request)).toMatchObject({ status, body: "" });
  });
});

test("it does not start with a configuration that is none", async () => {
  const reading = readConsoleSite(path.join(directory, "site"), { ...config, api: "here" }, connections);
  await expect(reading).rejects.toThrow("Invalid URL");
});

test("it does not start with a file of an unknown type", async () => {
  await mkdir(path.join(directory, "other/assets"), { recursive: true });
  await writeFile(path.join(directory, "other/index.html"), "");
  await writeFile(path.join(directory, "other/assets/font.woff2"), "");
  const reading = readConsoleSite(path.join(directory, "other"), config, connections);
  await expect(reading).rejects.toThrow("unknown type: assets/font.woff2");
});

test("the next free port is taken", async () => {
  const taken = await listen(createServer(), 0);
  const other = await startConsoleHost(taken.port);
  expect(other.port).toBeGreaterThan(taken.port);
  await other.stop();
  await taken.stop();
});
