import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { WebSocket } from "ws";
import { openTunnel } from "../../../client/tunnel/open-tunnel.ts";
import { closeTimeout, type Side, type SideEvents, stalledAfter } from "../../../client/tunnel/side.ts";
import { enoughWaiting, frames, longestFrame, WebSocketSide } from "../../../client/tunnel/web-socket-side.ts";
import {
  closeFrame,
  type Endpoint,
  opcodes,
  serverFrame,
  startEndpoint,
  type Tunnel,
} from "../../support/tunnel/endpoint.ts";
import { bridgeTo, type Near } from "../../support/tunnel/near.ts";

const never = new AbortController().signal;
const endpoints: Endpoint[] = [];
afterEach(() => Promise.all(endpoints.splice(0).map((endpoint) => endpoint.stop())));

/** Opens a tunnel to an endpoint that does so, and joins a program to it. */
async function tunnelTo(serve: (tunnel: Tunnel) => void, signal = never) {
  const opened = Promise.withResolvers<Tunnel>();
  const endpoint = await startEndpoint((tunnel) => {
    opened.resolve(tunnel);
    serve(tunnel);
  });
  endpoints.push(endpoint);
  const webSocket = await openTunnel(endpoint.url, { environment: {}, signal: never });
  return { near: bridgeTo(new WebSocketSide(webSocket), signal), far: await opened.promise, webSocket };
}

const echo = ({ webSocket }: Tunnel) => {
  webSocket.on("data", (bytes: Buffer) => webSocket.send(bytes));
};
const saying =
  (...bytes: readonly Buffer[]) =>
  ({ socket }: Tunnel) => {
    socket.write(Buffer.concat(bytes));
  };
const textOf = (near: { readonly read: readonly Buffer[] }) => Buffer.concat(near.read).toString();

/** What is left on a WebSocket that is done with, but for the one that swallows late errors. */
function leftOver(webSocket: WebSocket): readonly string[] {
  return webSocket
    .eventNames()
    .map(String)
    .filter((name) => name !== "error" && webSocket.listenerCount(name) > 0);
}

describe("an end that is no good one", () => {
  test.each([
    [
      "a code with a reason (rdsconn#6: the close reason is not hidden)",
      closeFrame(1011, "Nothing listens at the address"),
      "closed the tunnel: 1011 Nothing listens at the address",
    ],
    ["a code alone", closeFrame(1001), "closed the tunnel: 1001"],
    ["a code of its own", closeFrame(4003, "Too many connections"), "closed the tunnel: 4003 Too many connections"],
    [
      "a reason that would colour the terminal",
      closeFrame(1011, "\u001b[31mred\n\u202e"),
      "closed the tunnel: 1011 \\u{1b}[31mred\\u{a}\\u{202e}",
    ],
    [
      "a code that there is not",
      closeFrame(1005),
      "does not keep to the WebSocket protocol (WS_ERR_INVALID_CLOSE_CODE)",
    ],
    [
      "a masked frame",
      Buffer.from([0x82, 0x81, 1, 2, 3, 4, 5]),
      "does not keep to the WebSocket protocol (WS_ERR_UNEXPECTED_MASK)",
    ],
    [
      "a compressed frame",
      Buffer.from([0xc2, 1, 65]),
      "does not keep to the WebSocket protocol (WS_ERR_UNEXPECTED_RSV_1)",
    ],
    [
      "a message without end",
      Buffer.concat([Buffer.from([0x82, 127]), Buffer.from("7fffffffffffffff", "hex")]),
      "does not keep to the WebSocket protocol (WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH)",
    ],
    [
      "text, behind which nothing is taken",
      Buffer.concat([serverFrame(opcodes.text, "hello"), serverFrame(opcodes.binary, "after")]),
      "sent text, but a tunnel transfers bytes only",
    ],
  ])("is %s: what came before it is written, and it is told", async (_, bytes, said) => {
    const { near } = await tunnelTo(
      saying(serverFrame(opcodes.binary, "before "), serverFrame(opcodes.binary, "it"), bytes),
    );
    await expect(near.ended).rejects.toMatchObject({ message: `the tunnel's far side ${said}`, exitCode: 69 });
    expect(textOf(near)).toBe("before it");
  });

  test("is text, which the endpoint is told", async () => {
    const { near, far } = await tunnelTo(({ webSocket }) => webSocket.send("hello"));
    await expect(near.ended).rejects.toMatchObject({ exitCode: 69 });
    expect(await far.closed).toMatchObject({ code: 1003, reason: "Only binary frames are taken" });
  });

  test.each([
    ["the connection breaks", ({ socket }: Tunnel) => socket.destroy()],
    [
      "the connection ends without a goodbye",
      ({ socket }: Tunnel) => socket.end(serverFrame(opcodes.binary, "x").subarray(0, 2)),
    ],
  ])("is that %s", async (_, end) => {
    const { near } = await tunnelTo(end);
    await expect(near.ended).rejects.toMatchObject({
      message: "the tunnel's far side broke the tunnel off",
      exitCode: 69,
    });
  });
});

describe("a good end", () => {
  test.each([
    ["code 1000", closeFrame(1000), undefined],
    ["no code", closeFrame(), undefined],
    ["code 1000 with a reason, which is told", closeFrame(1000, "The time has ended"), "The time has ended"],
  ])("is %s: what came before it is written", async (_, bytes, reason) => {
    const { near, webSocket } = await tunnelTo(saying(serverFrame(opcodes.binary, "all of it"), bytes));
    expect(await near.ended).toEqual({ reason });
    expect(textOf(near)).toBe("all of it");
    expect(leftOver(webSocket)).toEqual([]);
  });

  test("of standard input is told by code 1000, behind all that it had", async () => {
    const all = randomBytes(3 * longestFrame);
    const received: Buffer[] = [];
    const { near, far, webSocket } = await tunnelTo(({ webSocket }) => {
      webSocket.on("data", (bytes: Buffer) => received.push(bytes));
    });
    near.stdin.end(all);
    expect(await near.ended).toEqual({});
    expect(await far.closed).toMatchObject({ code: 1000 });
    expect(Buffer.concat(received).equals(all)).toBe(true);
    expect(leftOver(webSocket)).toEqual([]);
  });

  test("of standard output ends the tunnel", async () => {
    const { near, far } = await tunnelTo(() => {});
    near.stdout.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    expect(await near.ended).toEqual({});
    expect(await far.closed).toMatchObject({ code: 1000 });
  });

  describe("is not waited for in vain", () => {
    beforeEach(() => {
      jest.useFakeTimers({
        doNotFake: ["nextTick", "setImmediate", "clearImmediate", "queueMicrotask", "performance"],
      });
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    /** Whether it has ended after so many milliseconds. */
    const isOverAfter = async ({ ended }: Near, milliseconds: number) => {
      let isOver = false;
      void ended.then(() => {
        isOver = true;
      });
      await turns(20); // what is on its way arrives
      jest.advanceTimersByTime(milliseconds);
      await turns(20);
      return isOver;
    };

    test("longer than a second, where the endpoint does not say goodbye in its turn", async () => {
      const { near } = await tunnelTo(({ socket }) => socket.pause());
      near.stdin.end();
      expect(await isOverAfter(near, closeTimeout - 1)).toBe(false);
      expect(await isOverAfter(near, 1)).toBe(true);
      expect(jest.getTimerCount()).toBe(0);
    });

    test("as long as the endpoint goes on taking what waits", async () => {
      const { near, far } = await tunnelTo(({ socket }) => socket.pause());
      near.stdin.write(Buffer.alloc(32 << 20)); // 32 MiB, more than the kernel's buffers hold
      near.stdout.destroy();
      expect(await isOverAfter(near, stalledAfter - 1)).toBe(false);
      await readSome(far.socket, 8 << 20);
      expect(await isOverAfter(near, stalledAfter - 1)).toBe(false);
      expect(await isOverAfter(near, 1)).toBe(true);
    });

    test("at all, where the program has stopped to read what the endpoint goes on sending", async () => {
      const { near, far } = await tunnelTo(() => {});
      near.stdout.pause();
      await writeUntilFull(far.socket, serverFrame(opcodes.binary, randomBytes(longestFrame)));
      near.stdin.end();
      expect(await near.ended).toEqual({}); // no time passes here: without an end, it would wait for ever
    });

    test("longer than five seconds, where the endpoint takes nothing of what waits", async () => {
      const { near } = await tunnelTo(({ socket }) => socket.pause());
      await writeUntilFull(near.stdin, randomBytes(longestFrame));
      near.stdout.destroy();
      expect(await isOverAfter(near, stalledAfter - 1)).toBe(false);
      expect(await isOverAfter(near, 1)).toBe(true);
      expect(jest.getTimerCount()).toBe(0);
    });
  });
});

describe("a tunnel that has closed already", () => {
  const closed = async () => {
    const endpoint = await startEndpoint(() => {});
    endpoints.push(endpoint);
    const webSocket = await openTunnel(endpoint.url, { environment: {}, signal: never });
    webSocket.terminate();
    await once(webSocket, "close");
    return new WebSocketSide(webSocket);
  };

  test("is told when it is joined", async () => {
    await expect(bridgeTo(await closed()).ended).rejects.toMatchObject({
      message: "the tunnel's far side broke the tunnel off",
    });
  });

  test("is finished at once", async () => {
    await expect((await closed()).finish()).resolves.toBeUndefined();
  });
});

test("standard input that cannot be read is told", async () => {
  const { near, far } = await tunnelTo(() => {});
  near.stdin.destroy(Object.assign(new Error("read EISDIR"), { code: "EISDIR" }));
  await expect(near.ended).rejects.toMatchObject({ message: "standard input or output fails: EISDIR", exitCode: 66 });
  expect(await far.closed).toMatchObject({ code: 1000 });
});

test("standard output takes all before the end is told, and what standard input still has is dropped", async () => {
  const far = Promise.withResolvers<SideEvents>();
  const taken: string[] = [];
  const side: Side = {
    start: far.resolve,
    send: (bytes) => taken.push(bytes.toString()) > 0,
    pause: () => {},
    resume: () => {},
    finish: async () => {},
    destroy: () => {},
  };
  const near = bridgeTo(side);
  const events = await far.promise;
  near.stdout.pause();
  near.stdin.write("early");
  await turns(20);
  const all = randomBytes(1 << 20); // 1 MiB: more than a stream buffers
  events.onBytes(all);
  events.onEnd({});
  await turns(20);
  near.stdin.write("late");
  let isOver = false;
  void near.ended.then(() => {
    isOver = true;
  });
  await turns(20);
  expect(isOver).toBe(false);
  near.stdout.resume();
  await near.ended;
  expect(checksumOf(near.read)).toBe(checksumOf([all]));
  expect(taken).toEqual(["early"]);
});

test("Ctrl-C ends it at once, with data still on its way", async () => {
  const user = new AbortController();
  const { near, webSocket } = await tunnelTo(echo, user.signal);
  near.stdin.write("x");
  await near.bytesRead(1);
  user.abort(130);
  await expect(near.ended).rejects.toBe(130);
  expect(webSocket.readyState).not.toBe(webSocket.OPEN);
});

describe("frames", () => {
  test.each([
    [1, [1]],
    [longestFrame - 1, [longestFrame - 1]],
    [longestFrame, [longestFrame]],
    [longestFrame + 1, [32_504, 32_497]],
    [65_536, [32_768, 32_768]],
    [2 * longestFrame, [longestFrame, longestFrame]],
    [2 * longestFrame + 1, [43_336, 43_336, 43_329]],
  ])("of %d bytes are %j", (length, lengths) => {
    const bytes = randomBytes(length);
    expect(frames(bytes).map((frame) => frame.length)).toEqual(lengths);
    expect(Buffer.concat(frames(bytes)).equals(bytes)).toBe(true);
  });

  test("are never sent longer than 65,000 bytes, and taken as long", async () => {
    const lengths: number[] = [];
    const { near } = await tunnelTo((tunnel) => {
      tunnel.webSocket.on("data", ({ length }: Buffer) => lengths.push(length));
      echo(tunnel);
    });
    const sent = [longestFrame, 1_000_000, longestFrame + 1].map((length) => randomBytes(length));
    const total = sent.reduce((sum, { length }) => sum + length, 0);
    for (const bytes of sent) near.stdin.write(bytes);
    await near.bytesRead(total);
    expect(Buffer.concat(near.read).equals(Buffer.concat(sent))).toBe(true);
    expect(Math.max(...lengths)).toBe(longestFrame);
  });

  test("of one message come as one, and a ping between them is answered", async () => {
    const ponged = Promise.withResolvers<void>();
    const { near } = await tunnelTo(({ webSocket, socket }) => {
      socket.write(serverFrame(opcodes.binary, "to", { isLast: false }));
      webSocket.ping("are you there?", ponged.resolve);
      socket.write(serverFrame(opcodes.continuation, "geth", { isLast: false }));
      socket.write(serverFrame(opcodes.continuation, "er"));
    });
    await near.bytesRead("together".length);
    expect(textOf(near)).toBe("together");
    await ponged.promise;
  });

  test("byte by byte come whole", async () => {
    const { near } = await tunnelTo(({ socket }) => {
      const bytes = Buffer.concat([
        serverFrame(opcodes.binary, "one"),
        serverFrame(opcodes.binary, "two"),
        closeFrame(1000),
      ]);
      for (const byte of bytes) socket.write(Buffer.of(byte));
    });
    await near.ended;
    expect(textOf(near)).toBe("onetwo");
  });
});

describe("16 MiB", () => {
  const mebibyte = randomBytes(1024 * 1024);
  const count = 16;
  const expected = checksumOf(Array.from({ length: count }, () => mebibyte));

  test("go both ways at once, with the same checksum, and little of them waits", async () => {
    const { near, webSocket } = await tunnelTo(({ webSocket }) => {
      webSocket.on("data", (bytes: Buffer) => {
        if (!webSocket.send(bytes)) webSocket.pause();
      });
      webSocket.on("drain", () => webSocket.resume());
    });
    let mostWaiting = 0;
    for (let sent = 0; sent < count; sent++) {
      const isMore = near.stdin.write(mebibyte);
      mostWaiting = Math.max(mostWaiting, webSocket.bufferedAmount);
      if (!isMore) await new Promise((resolve) => near.stdin.once("drain", resolve));
    }
    await near.bytesRead(count * mebibyte.length);
    expect(checksumOf(near.read)).toBe(expected);
    // One write of the program's may be that long.
    expect(mostWaiting).toBeLessThan(enoughWaiting + mebibyte.length + longestFrame);
  });
});

describe("back-pressure", () => {
  test("of an endpoint that does not read stops the reading of standard input", async () => {
    const { near, far, webSocket } = await tunnelTo(({ socket }) => socket.pause());
    // Until the kernel's buffers and ours are full.
    const written = await writeUntilFull(near.stdin, randomBytes(longestFrame));
    expect(webSocket.bufferedAmount).toBeGreaterThan(enoughWaiting);
    expect(webSocket.bufferedAmount).toBeLessThan(enoughWaiting + 2 * longestFrame);
    const received = new Promise<number>((resolve) => {
      let total = 0;
      far.webSocket.on("data", ({ length }: Buffer) => {
        total += length;
        if (total === written) resolve(total);
      });
    });
    far.socket.resume();
    await received; // and goes on when it reads again
  });

  test("of a reader that does not read stops the reading of the tunnel", async () => {
    const { near, far } = await tunnelTo(() => {});
    near.stdout.pause();
    const frame = serverFrame(opcodes.binary, randomBytes(longestFrame));
    const sent = ((await writeUntilFull(far.socket, frame)) / frame.length) * longestFrame;
    const waiting = near.stdout.readableLength + near.stdout.writableLength;
    expect(waiting).toBeLessThan(8 * longestFrame);
    expect(sent).toBeGreaterThan(waiting);
    near.stdout.resume();
    await near.bytesRead(sent); // and goes on when it reads again
  });

  test("of a reader does not keep the end from being told: all is written first", async () => {
    const bytes = Array.from({ length: 8 }, () => randomBytes(longestFrame));
    const { near } = await tunnelTo(
      saying(...bytes.map((each) => serverFrame(opcodes.binary, each)), closeFrame(1000)),
    );
    near.stdout.pause();
    await new Promise((resolve) => setImmediate(resolve));
    near.stdout.resume();
    await near.ended;
    expect(checksumOf(near.read)).toBe(checksumOf(bytes));
  });
});

function checksumOf(parts: readonly Buffer[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** Writes the same again until a stream takes no more. @returns how many bytes it has been given. */
async function writeUntilFull(stream: NodeJS.WritableStream, bytes: Buffer): Promise<number> {
  const tooMany = 64 << 20; // 64 MiB: far more than the kernel's buffers for a connection
  for (let written = bytes.length; written < tooMany; written += bytes.length) {
    if (!stream.write(bytes) && !(await isDrainedSoon(stream))) return written;
  }
  throw new Error("It accepts everything");
}

/** Whether a stream takes more again while everything that can go on does. */
async function isDrainedSoon(stream: NodeJS.WritableStream): Promise<boolean> {
  let isDrained = false;
  const drained = () => {
    isDrained = true;
  };
  stream.once("drain", drained);
  // Turns of the event loop: some hundreds are many more than a buffer on loopback takes.
  for (let turn = 0; turn < 300 && !isDrained; turn++) await turns(1);
  stream.off("drain", drained);
  return isDrained;
}

/** Reads at least so many bytes, and then no more. */
function readSome(socket: Duplex, count: number): Promise<void> {
  return new Promise((resolve) => {
    let total = 0;
    socket.on("data", ({ length }: Buffer) => {
      total += length;
      if (total < count) return;
      socket.pause();
      resolve();
    });
    socket.resume();
  });
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
