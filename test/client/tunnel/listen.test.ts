import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { exitCodes } from "../../../client/terminal/exit-code.ts";
import { Failure } from "../../../client/terminal/failure.ts";
import { listen } from "../../../client/tunnel/listen.ts";
import { listenForTunnels } from "../../../client/tunnel/listen-for-tunnels.ts";
import { openTunnelSide } from "../../../client/tunnel/open-side.ts";
import { isOwn, ownerIn } from "../../../client/tunnel/peer-user.ts";
import type { Side, SideEnd } from "../../../client/tunnel/side.ts";
import { problemOf } from "../../../contract/problem.ts";
import { ApiProblem } from "../../../sdk/errors.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { closeFrame, type Endpoint, startEndpoint } from "../../support/tunnel/endpoint.ts";

let endpoint: Endpoint;
let user: AbortController;
/** The endpoint's connection that it has stopped to read. */
let held: PromiseWithResolvers<Duplex>;
/** What has happened, in order. */
let order: string[];
beforeEach(async () => {
  user = new AbortController();
  held = Promise.withResolvers();
  order = [];
  endpoint = await startEndpoint(({ webSocket, socket }) => {
    webSocket.on("data", (bytes: Buffer) => {
      order.push(bytes.toString());
      if (bytes.toString() === "hold") held.resolve(socket.pause());
      else if (bytes.toString() === "goodbye") socket.write(closeFrame(1000, "Time is up"));
      else if (bytes.toString() === "break") socket.write(closeFrame(1011, "The instance does not answer"));
      else webSocket.send(bytes);
    });
  });
});
afterEach(async () => {
  user.abort(130);
  await endpoint.stop();
});

const openOne = () => openTunnelSide(endpoint.url, { environment: {}, signal: user.signal });

/** Turns of the event loop: more than what is on its way needs over loopback. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Listens on any port. */
async function listening(open: () => Promise<Side>, admit: (socket: Socket) => Promise<boolean> = isOwn) {
  const ends: SideEnd[] = [];
  const told: (() => void)[] = [];
  const taken = Promise.withResolvers<number>();
  const ended = listen({
    port: 0,
    admit,
    open,
    signal: user.signal,
    onListening: taken.resolve,
    onEnd: (end) => {
      ends.push(end);
      told.shift()?.();
    },
  });
  ended.catch(taken.reject);
  return {
    port: await taken.promise,
    ended,
    /** The next connection's end. */
    nextEnd: async () => {
      await new Promise<void>((resolve) => told.push(resolve));
      return ends.at(-1);
    },
  };
}

const dial = (port: number) => connect({ port, host: "127.0.0.1" }).on("error", () => {});

/** Another user's program connects and sends something. Resolves when its connection has ended, with its exit code, 3. */
function dialAsNobody(port: number, text = ""): Promise<unknown[]> {
  const script = `require("net").connect(${port}, "127.0.0.1").on("error", () => {}).on("close", () => process.exit(3)).resume().write("${text}")`;
  return once(spawn(process.execPath, ["-e", script], { uid: 65_534, cwd: "/", stdio: "ignore" }), "close");
}

async function echoes(socket: ReturnType<typeof dial>, text: string): Promise<void> {
  socket.write(text);
  const [answer] = await once(socket, "data");
  expect(`${answer}`).toBe(text);
}

describe("a port that is listened on", () => {
  test("already by somebody else is told", async () => {
    const { port } = await listening(openOne);
    const again = listen({
      port,
      admit: isOwn,
      open: openOne,
      signal: user.signal,
      onListening: () => {},
      onEnd: () => {},
    });
    await expect(again).rejects.toMatchObject({
      message: `127.0.0.1 port ${port} cannot be listened on: EADDRINUSE`,
      hint: "--listen 0 takes a port that is free, and prints it",
    });
  });

  (process.getuid?.() === 0 ? test : test.skip)("closes the connection of another user, unserved", async () => {
    const { port } = await listening(openOne);
    expect(await dialAsNobody(port)).toEqual([3, null]);
    expect(endpoint.asked).toBe(0);
    await echoes(dial(port), "mine");
  });

  test("gives each connection a tunnel of its own, without Nagle's delay", async () => {
    const noDelay = jest.spyOn(Socket.prototype, "setNoDelay");
    const { port } = await listening(openOne);
    const sockets = [dial(port), dial(port), dial(port)];
    await Promise.all(sockets.map((socket, index) => echoes(socket, `I am ${index}`)));
    expect(endpoint.asked).toBe(3);
    const ports = noDelay.mock.contexts.map((socket) => (socket as Socket).localPort);
    expect(ports.filter((each) => each === port)).toHaveLength(3);
    for (const socket of sockets) socket.destroy();
  });

  test("goes on where one connection cannot be made, and tells why", async () => {
    const refused = new Failure("policy does not allow it", { exitCode: exitCodes.noPermission });
    let asked = 0;
    const { port, nextEnd } = await listening(async () => {
      asked += 1;
      if (asked === 1) throw refused;
      return openOne();
    });
    const told = nextEnd();
    const first = dial(port);
    await once(first, "close");
    expect(await told).toEqual({ failure: refused });
    await echoes(dial(port), "the next one");
  });

  test("goes on where one tunnel ends otherwise than it should, and tells why", async () => {
    const { port, nextEnd } = await listening(openOne);
    const [one, other] = [dial(port), dial(port)];
    await Promise.all([echoes(one, "one"), echoes(other, "other")]);
    const told = nextEnd();
    one.write("break");
    await once(one, "close");
    expect(await told).toMatchObject({
      failure: { message: "the tunnel's far side closed the tunnel: 1011 The instance does not answer" },
    });
    await echoes(other, "still there");
  });

  test.each([
    ["ends", (socket: ReturnType<typeof dial>) => socket.end()],
    ["breaks off", (socket: ReturnType<typeof dial>) => socket.resetAndDestroy()],
  ])("ends the tunnel of a program that %s, quietly", async (_, end) => {
    const { port, nextEnd } = await listening(openOne);
    const socket = dial(port);
    await echoes(socket, "x");
    const told = nextEnd();
    end(socket);
    expect(await told).toEqual({});
  });

  test("ends the connection of a program that has ended once the endpoint has all that it sent", async () => {
    const { port } = await listening(openOne);
    const socket = dial(port).on("end", () => order.push("end"));
    socket.resume().write("hold");
    const far = await held.promise;
    socket.end("the rest");
    await turns();
    far.resume();
    await once(socket, "close");
    expect(order).toEqual(["hold", "the rest", "end"]);
  });

  test("goes on where a program breaks off before its user is known", async () => {
    const isGone = Promise.withResolvers<void>();
    const { port, nextEnd } = await listening(openOne, async () => {
      await isGone.promise;
      return true;
    });
    const told = nextEnd();
    const socket = dial(port);
    await once(socket, "connect");
    socket.resetAndDestroy();
    await turns();
    isGone.resolve();
    expect(await told).toEqual({});
    await echoes(dial(port), "the next one");
  });

  test("is free again at Ctrl-C, which ends all", async () => {
    const { port, ended } = await listening(openOne);
    const sockets = [dial(port), dial(port)];
    await Promise.all(sockets.map((socket) => echoes(socket, "x")));
    const closed = Promise.all(sockets.map((socket) => once(socket, "close")));
    user.abort(130);
    await expect(ended).rejects.toBe(130);
    await closed;
    const again = dial(port);
    const [error] = await once(again, "error");
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("the owner of a connection's other end", () => {
  const ends = { from: { address: "127.0.0.1", port: 0xc001 }, to: { address: "127.0.0.1", port: 0x1f90 } };
  const row = (local: string, remote: string) =>
    `  sl  local_address rem_address   st\n   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000  1000        0 1 1 0`;
  const mapped = "0000000000000000FFFF0000";
  test.each([
    ["is that of its own socket", row("0100007F:C001", "0100007F:1F90"), 1000],
    ["is found by IPv6 too", row(`${mapped}0100007F:C001`, `${mapped}0100007F:1F90`), 1000],
    ["is not that of our socket", row("0100007F:1F90", "0100007F:C001"), undefined],
    ["is not that of another address", row("0200007F:C001", "0100007F:1F90"), undefined],
    ["is not known from an empty table", "", undefined],
  ])("%s", (_, table, uid) => {
    expect(ownerIn(table, ends, "LE")).toBe(uid);
  });
});

describe("latchkey tunnel --listen", () => {
  /** Runs it as a command whose API and terminal are scripted. */
  function command(open: () => Promise<Side>, { isForAll = false, platform = process.platform } = {}) {
    const { context, shown, shows } = scriptedWorld({});
    const world = { ...context, platform, signal: user.signal };
    const ended = listenForTunnels(world, { port: 0, isForAll }, open);
    ended.catch(() => {});
    const port = async () => Number((await shows(/^out: 127\.0\.0\.1:([0-9]+)$/))[1]);
    return { ended, port, shown, shows };
  }
  const asRoot = process.getuid?.() === 0 ? test : test.skip;

  asRoot("closes the connection of another user, and says so", async () => {
    const { port, shows } = command(openOne);
    expect(await dialAsNobody(await port())).toEqual([3, null]);
    await shows(/^note: a connection of another local user was closed$/);
    expect(endpoint.asked).toBe(0);
  });

  asRoot("serves another user with --all-users, and says so", async () => {
    const { port, shows } = command(openOne, { isForAll: true });
    const ended = dialAsNobody(await port(), "break");
    await shows(/^note: every user of this machine can use it, in your name$/);
    expect(await ended).toEqual([3, null]);
    expect(endpoint.asked).toBe(1);
  });

  test("is refused where the system does not tell users apart", async () => {
    const { ended } = command(openOne, { platform: "darwin" });
    await expect(ended).rejects.toMatchObject({ exitCode: 69, hint: expect.stringContaining("--all-users") });
  });

  test("serves all users where the system does not tell them apart", async () => {
    const { port } = command(openOne, { platform: "darwin", isForAll: true });
    await echoes(dial(await port()), "hello");
  });

  test("tells why a tunnel cannot be made, and why one ends, in the words of all commands", async () => {
    const denied = new ApiProblem(problemOf("access-denied", "request-1"), undefined);
    const opens = [() => Promise.reject(denied), openOne];
    const { port, shows, shown } = command(() => (opens.shift() ?? openOne)());
    await once(dial(await port()), "close");
    await shows(/^note: policy does not permit this$/);
    dial(await port()).write("break");
    await shows(/^note: the tunnel's far side closed the tunnel: 1011 The instance does not answer$/);
    dial(await port()).write("goodbye");
    await shows(/^note: the tunnel is closed: Time is up$/);
    expect(shown.join("\n")).not.toContain("internal error");
  });
});
