import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { Server } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { Api } from "../../../client/command/context.ts";
import { Options } from "../../../client/command/options.ts";
import { reachInstance } from "../../../client/tunnel/reach-instance.ts";
import { type Endpoint, startEndpoint } from "../../support/tunnel/endpoint.ts";
import { bridgeTo } from "../../support/tunnel/near.ts";
import { closePort, listenRaw, portOf } from "../../support/tunnel/raw-server.ts";

const instanceId = "i-0d0000000000000a1";
const signal = new AbortController().signal;

let home: string;
let instance: Server;
let endpoint: Endpoint;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "latchkey-reach-"));
  instance = await listenRaw((socket) => socket.pipe(socket));
  endpoint = await startEndpoint(({ webSocket }) => {
    webSocket.on("data", (bytes: Buffer) => webSocket.send(bytes));
  });
});
afterAll(async () => {
  await Promise.all([endpoint.stop(), closePort(instance), rm(home, { recursive: true })]);
});

interface Asked {
  readonly instanceId: string;
  readonly publicKey: string;
}
let asked: Asked[] = [];
afterEach(() => {
  asked = [];
});

/** What a command gets of the world, of which each connection is made as `answer` says. */
function contextWith(answer: object) {
  const api = {
    url: "http://127.0.0.1",
    call: async (_: string, input: Asked) => {
      asked.push(input);
      return answer;
    },
  } as unknown as Api;
  return {
    api: async () => api,
    environment: {},
    homeDirectory: home,
    platform: "linux",
    signal,
    terminal: { isInteractive: false },
  } as unknown as Parameters<typeof reachInstance>[0];
}

const reach = (answer: object, options: Readonly<Record<string, readonly string[]>> = {}) =>
  reachInstance(contextWith(answer), { arguments: [instanceId], options: new Options(options), rest: undefined });

const direct = () => ({ connectionType: "direct", host: "127.0.0.1", port: portOf(instance) });
const throughEndpoint = () => ({ connectionType: "eice", host: "10.0.1.20", port: 22, tunnel: { url: endpoint.url } });

describe("an instance", () => {
  test("to which the response has no route is reported", async () => {
    const open = await reach({ connectionType: "eice", host: "10.0.1.20", port: 22 });
    await expect(open()).rejects.toMatchObject({
      message: "the API's response has no route to the instance",
      exitCode: 76,
    });
  });

  test.each([
    ["that is dialled straight", direct],
    ["behind an endpoint", throughEndpoint],
  ])("%s carries bytes", async (_, answer) => {
    const open = await reach(answer());
    const near = bridgeTo(await open());
    near.stdin.write("hello");
    await near.bytesRead("hello".length);
    near.stdin.end();
    expect(await near.ended).toEqual({});
  });

  test("is requested again for each connection, with the same one-time key", async () => {
    const open = await reach(direct());
    for (const side of [await open(), await open()]) side.destroy();
    const [first, second] = asked;
    expect(first?.instanceId).toBe(instanceId);
    expect(first?.publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]{68}$/);
    expect(second).toEqual(first);
  });

  test("is asked for as the options say, with the user's own public key", async () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    const text = (part: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, part.length]), part]);
    const line = `ssh-ed25519 ${Buffer.concat([text(Buffer.from("ssh-ed25519")), text(raw)]).toString("base64")}`;
    const file = path.join(home, "key.pub");
    await writeFile(file, `${line} me@laptop\n`);
    const open = await reach(direct(), {
      identity: [file],
      "os-user": ["admin"],
      "connection-type": ["eice"],
      "instance-ip": ["10.0.1.20"],
      "endpoint-id": ["eice-0123456789abcdef0"],
      "max-tunnel-duration": ["60"],
      reason: ["The disk is full"],
    });
    (await open()).destroy();
    expect(asked[0]).toEqual({
      instanceId,
      publicKey: line,
      osUser: "admin",
      connectionType: "eice",
      ipAddress: "10.0.1.20",
      endpointId: "eice-0123456789abcdef0",
      maxTunnelSeconds: 60,
      reason: "The disk is full",
    });
  });

  test.each(["0", "3601", "1.5", "NaN", "1e3", "-1", ""])(
    "is not asked for with --max-tunnel-duration %j",
    async (seconds) => {
      await expect(reach(direct(), { "max-tunnel-duration": [seconds] })).rejects.toMatchObject({ exitCode: 64 });
      expect(asked).toEqual([]);
    },
  );
});
