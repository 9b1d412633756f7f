import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { WebSocket as WebSocketOfPackage } from "ws";
import { openTunnelSide } from "../../../client/tunnel/open-side.ts";
import { CallLog } from "../../../local/aws/call-log.ts";
import { CredentialStore, sessionOf } from "../../../local/aws/credentials.ts";
import { type RunningTunnels, startTunnels } from "../../../local/aws/open-tunnel.ts";
import { sampleFleet } from "../../../local/fleet/sample-fleet.ts";
import { presignUrl } from "../../support/sigv4-signer.ts";
import { bridgeTo } from "../../support/tunnel/near.ts";
import { closePort, listenRaw, portOf } from "../../support/tunnel/raw-server.ts";

const noLogins = { hostKeys: new Map(), stop: async () => {} };
const options = { environment: {}, signal: new AbortController().signal, timeout: 120_000 };
const credentials = new CredentialStore();
const world = { clock: () => new Date(), latency: 0, log: new CallLog(), credentials };
const { principal: _, ...caller } = credentials.issue({
  role: "push",
  ...sessionOf("arn:aws:iam::111122223333:role/latchkey-push", "alice"),
  policies: [
    {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "ec2-instance-connect:OpenTunnel", Resource: "*" }],
    },
  ],
});

let instance: Server;
let tunnels: RunningTunnels;
let serve: (socket: Socket) => void;
beforeAll(async () => {
  instance = await listenRaw((socket) => serve(socket));
  const address = { host: "127.0.0.1", port: portOf(instance) };
  tunnels = await startTunnels(world, () => ({ fleet: sampleFleet(), logins: { ...noLogins, find: () => address } }));
});
afterAll(async () => {
  await tunnels.stop();
  await closePort(instance);
});
beforeEach(() => {
  serve = (socket) => socket.pipe(socket);
});

async function tunnelUrl(address = "10.0.1.20"): Promise<string> {
  const query = { instanceConnectEndpointId: "eice-0123456789abcdef0", remotePort: "22", privateIpAddress: address };
  const url = `http://127.0.0.1:${tunnels.port}/openTunnel?${new URLSearchParams(query)}`;
  const scope = { service: "ec2-instance-connect", region: "us-east-1", now: new Date(), expiresIn: 60 };
  return (await presignUrl({ method: "GET", url, ...caller, ...scope })).replace("http:", "ws:");
}

const checksumOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const sent = randomBytes(4 << 20); // 4 MiB

describe("the local stack's endpoint", () => {
  test("speaks with Node's own WebSocket, in frames of up to 65,000 bytes", async () => {
    const webSocket = new WebSocket(await tunnelUrl());
    webSocket.binaryType = "arraybuffer";
    const received: Buffer[] = [];
    let length = 0;
    await new Promise<void>((resolve, reject) => {
      webSocket.onerror = () => reject(new Error("It has failed"));
      webSocket.onopen = () => {
        for (let start = 0; start < sent.length; start += 65_000) webSocket.send(sent.subarray(start, start + 65_000));
      };
      webSocket.onmessage = ({ data }) => {
        received.push(Buffer.from(data as ArrayBuffer));
        length += received.at(-1)?.length ?? 0;
        if (length === sent.length) resolve();
      };
    });
    expect(checksumOf(Buffer.concat(received))).toBe(checksumOf(sent));
    const code = new Promise((resolve) => {
      webSocket.onclose = (event) => resolve(event.code);
    });
    webSocket.close(1000);
    expect(await code).toBe(1000);
  });

  test("takes what browsers send besides, and does not compress", async () => {
    const headers = { Origin: "https://console.example.com" };
    const webSocket = new WebSocketOfPackage(await tunnelUrl(), { headers, perMessageDeflate: true });
    await once(webSocket, "open");
    expect(webSocket.extensions).toBe("");
    webSocket.send(sent.subarray(0, 1000));
    const [received] = await once(webSocket, "message");
    expect(received).toEqual(sent.subarray(0, 1000));
    webSocket.terminate();
  });

  test("ends every open tunnel when a test drops them, and still opens others", async () => {
    const open = async () => {
      const webSocket = new WebSocketOfPackage(await tunnelUrl());
      await once(webSocket, "open");
      return webSocket;
    };
    const dropped = await Promise.all([open(), open()]);
    const ends = dropped.map((one) => once(one, "close"));
    expect(tunnels.drop()).toBe(2);
    expect((await Promise.all(ends)).map(([code]) => code)).toEqual([1006, 1006]);
    (await open()).terminate();
  });

  test("refuses every tunnel while a test says so", async () => {
    tunnels.refuse(true);
    const refused = openTunnelSide(await tunnelUrl(), options);
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining("403: AccessDenied: The presigned"),
    });
    tunnels.refuse(false);
    const near = bridgeTo(await openTunnelSide(await tunnelUrl(), options));
    near.stdin.end();
    expect(await near.ended).toEqual({});
  });

  test("tells Node's own WebSocket that it takes no text", async () => {
    const webSocket = new WebSocket(await tunnelUrl());
    webSocket.onopen = () => webSocket.send("hello");
    const end = await new Promise<{ code: number; reason: string }>((resolve) => {
      webSocket.onclose = resolve;
    });
    expect({ code: end.code, reason: end.reason }).toEqual({ code: 1003, reason: "Only binary frames are accepted" });
  });

  test("speaks with the client, there and back", async () => {
    const near = bridgeTo(await openTunnelSide(await tunnelUrl(), options));
    near.stdin.write(sent);
    await near.bytesRead(sent.length);
    expect(checksumOf(Buffer.concat(near.read))).toBe(checksumOf(sent));
    near.stdin.end();
    expect(await near.ended).toEqual({});
  });

  test("tells the client that the instance has ended, behind all that it said", async () => {
    serve = (socket) => socket.end("Not today\n");
    const near = bridgeTo(await openTunnelSide(await tunnelUrl(), options));
    expect(await near.ended).toEqual({});
    expect(`${Buffer.concat(near.read)}`).toBe("Not today\n");
  });

  test("refuses the client an address of another network, and the client tells why", async () => {
    const opening = openTunnelSide(await tunnelUrl("192.0.2.1"), options);
    await expect(opening).rejects.toMatchObject({
      message: "127.0.0.1 refuses the tunnel with 400: InvalidParameter: The address is not one of the endpoint's VPC",
    });
  });
});
