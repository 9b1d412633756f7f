import { type Server, Socket } from "node:net";
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { connectDirectly } from "../../../client/tunnel/direct.ts";
import { bridgeTo } from "../../support/tunnel/near.ts";
import { closePort, listenRaw, portOf } from "../../support/tunnel/raw-server.ts";

const signal = new AbortController().signal;
const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map(closePort)));

async function instance(serve: (socket: Socket) => void) {
  const server = await listenRaw(serve);
  servers.push(server);
  return { host: "127.0.0.1", port: portOf(server) };
}

describe("an instance's own address", () => {
  test("that refuses connections is told", async () => {
    const address = await instance(() => {});
    await closePort(servers.pop() as Server);
    await expect(connectDirectly(address, { signal })).rejects.toMatchObject({
      message: `127.0.0.1 port ${address.port} refuses connections (ECONNREFUSED)`,
      exitCode: 69,
    });
  });

  test("is let go at Ctrl-C", async () => {
    const connecting = connectDirectly({ host: "192.0.2.1", port: 22 }, { signal: AbortSignal.abort(130) });
    await expect(connecting).rejects.toBe(130);
  });

  test("that breaks off is told, behind what came before", async () => {
    const address = await instance((socket) => {
      socket.write("SSH-2.0-test\r\n");
      socket.once("data", () => socket.resetAndDestroy());
    });
    const near = bridgeTo(await connectDirectly(address, { signal }));
    await near.bytesRead("SSH-2.0-test\r\n".length);
    near.stdin.write("x");
    await expect(near.ended).rejects.toMatchObject({
      message: `127.0.0.1 port ${address.port} broke the connection off (ECONNRESET)`,
      exitCode: 69,
    });
  });

  test("gets each keystroke at once, without Nagle's delay", async () => {
    const noDelay = jest.spyOn(Socket.prototype, "setNoDelay");
    const near = bridgeTo(await connectDirectly(await instance((socket) => socket.end()), { signal }));
    expect(noDelay.mock.calls).toEqual([[]]); // which means yes
    await near.ended;
  });

  test("that ends is a good end, when all is written", async () => {
    const address = await instance((socket) => socket.end(Buffer.alloc(1_000_000, "x")));
    const near = bridgeTo(await connectDirectly(address, { signal }));
    expect(await near.ended).toEqual({});
    expect(Buffer.concat(near.read).length).toBe(1_000_000);
  });

  test("gets all of standard input, and then its end", async () => {
    const received = Promise.withResolvers<number>();
    const address = await instance((socket) => {
      let total = 0;
      socket.on("data", ({ length }) => {
        total += length;
      });
      socket.on("end", () => received.resolve(total));
    });
    const near = bridgeTo(await connectDirectly(address, { signal }));
    near.stdin.end(Buffer.alloc(1_000_000, "x"));
    expect(await near.ended).toEqual({});
    expect(await received.promise).toBe(1_000_000);
  });
});
