import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { freePort } from "../../support/free-port.ts";
import { type KeyPair, run, ssh, sshArguments, startSsh, TestBed, type TestInstance } from "./stock-ssh.ts";

const bed = new TestBed();
let instance: TestInstance;
let key: KeyPair;
const services: Server[] = [];
/** Of a service that says what it has got when that has ended: only half closed, so still able to. */
let port: number;

beforeAll(async () => {
  instance = await bed.startInstance("i-0123456789abcdef0");
  key = await bed.makeKeyPair("key", "ed25519");
  bed.activeKeys.push(instance.instanceId, "ec2-user", key.publicKeyLine);
  port = await startService((socket) => {
    void buffer(socket).then(
      (got) => socket.end(Buffer.concat([Buffer.from("got "), got])),
      () => {}, // cut off
    );
  });
});
afterAll(async () => {
  for (const service of services) service.close();
  await bed.close();
});

/** @returns the port, on every address of this machine */
async function startService(serve: (socket: Socket) => void): Promise<number> {
  const service = createServer({ allowHalfOpen: true }, (socket) => serve(socket.on("error", () => {})));
  services.push(service);
  service.listen(0);
  await once(service, "listening");
  return (service.address() as AddressInfo).port;
}

/** `ssh -W`: standard input and output, joined to a destination. */
const forwardTo = (destination: string, input: string | Buffer = "") =>
  run("ssh", ["-W", destination, ...sshArguments(instance, key)], { input });

describe("a client may not reach from an instance", () => {
  test.each([
    ["a private address, the instance's own even", "10.0.1.20"],
    ["the address of instance metadata", "169.254.169.254"],
    ["the other loopback addresses", "127.0.0.2"],
    ["the unspecified address", "0.0.0.0"],
    ["loopback by an address that only means it", "[::ffff:127.0.0.1]"],
    ["a name that resolves to this machine", "localhost.localdomain"],
    ["a number that some take for loopback", "2130706433"],
  ])("%s", async (_what, host) => {
    const { code, stdout, stderr } = await forwardTo(`${host}:${port}`);
    expect({ code, stdout }).toEqual({ code: 255, stdout: "" });
    expect(stderr).toContain("open failed");
  });

  test("a socket in the file system", async () => {
    const [here, there] = [join(bed.folder, "here.sock"), join(bed.folder, "there.sock")];
    const listener = createServer().listen(there);
    await once(listener, "listening");
    const accepted = jest.fn();
    listener.on("connection", accepted);
    const forwarding = await startForwarding(["-L", `${here}:${there}`], () => connect(here));
    expect(await exchange(forwarding.open(), "")).toBe("");
    expect(accepted).not.toHaveBeenCalled();
    await forwarding.end();
    listener.close();
  });

  test("a port that nobody listens on", async () => {
    const { code, stderr } = await forwardTo("127.0.0.1:1");
    expect({ code, stderr }).toEqual({ code: 255, stderr: expect.stringContaining("connect failed") });
  });
});

test("an instance does not listen on a port for a client (-R)", async () => {
  const options = ["ExitOnForwardFailure=yes", "RemoteForward=0 127.0.0.1:1"];
  const { code, stdout, stderr } = await ssh(instance, key, { options, command: "echo in" });
  expect({ code, stdout }).toEqual({ code: 255, stdout: "" });
  expect(stderr).toContain("remote port forwarding failed");
});

describe("a client reaches a port of the instance's own", () => {
  const hasIpv6 = Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === "::1"));

  const saysHello = async (host: string) =>
    expect(await forwardTo(`${host}:${port}`, "hello")).toMatchObject({ code: 0, stdout: "got hello" });

  test.each(["127.0.0.1", "localhost"])("at %s", saysHello);
  (hasIpv6 ? test : test.skip)("at ::1 (skipped where the machine has none)", () => saysHello("[::1]"));

  test("by -L, several at a time, with much to say, whose ends come one after the other", async () => {
    const [sent, free] = [randomBytes(6 * 1024 * 1024), await freePort()];
    const arguments_ = ["-L", `127.0.0.1:${free}:localhost:${port}`];
    const forwarding = await startForwarding(arguments_, () => connect({ port: free, allowHalfOpen: true }));
    const replies = await Promise.all([1, 2, 3].map(() => exchange(forwarding.open(), sent, "latin1")));
    expect(replies.map((answer) => answer === `got ${sent.toString("latin1")}`)).toEqual([true, true, true]);
    await forwarding.end();
  });

  test("by -L, though the service has ended its half first", async () => {
    const got = Promise.withResolvers<string>();
    const service = await startService((socket) => void text(socket.end("bye ")).then(got.resolve));
    const free = await freePort();
    const options = { port: free, allowHalfOpen: true };
    const forwarding = await startForwarding(["-L", `127.0.0.1:${free}:localhost:${service}`], () => connect(options));
    const socket = forwarding.open();
    expect(await text(socket.iterator({ destroyOnReturn: false }))).toBe("bye ");
    socket.end("and yet");
    expect(await got.promise).toBe("and yet");
    await forwarding.end();
  });

  test("until it hangs up, though the service would talk on", async () => {
    let closed: Promise<unknown> | undefined;
    const service = await startService((socket) => {
      closed = new Promise((resolve) => socket.once("close", resolve));
      createReadStream("/dev/zero").pipe(socket);
    });
    const client = startSsh(["-W", `127.0.0.1:${service}`, ...sshArguments(instance, key)]);
    await once(client.stdout.resume(), "data");
    client.kill("SIGKILL");
    await closed;
  });
});

interface Forwarding {
  open(): Socket;
  end(): Promise<void>;
}

/** Starts the stock client with a forwarding of its own, and waits until it listens. */
async function startForwarding(args: readonly string[], open: () => Socket): Promise<Forwarding> {
  const remote = ["-o", "ExitOnForwardFailure=yes", ...args, ...sshArguments(instance, key), "echo ready; cat"];
  const child = startSsh(remote);
  await once(child.stdout, "data");
  return {
    open,
    async end() {
      const closed = once(child, "close");
      child.stdin.end();
      await closed;
    },
  };
}

/** Sends, ends its own half, and gives what comes until the other half's end; "" if it is cut off. */
async function exchange(socket: Socket, sent: string | Buffer, encoding: BufferEncoding = "utf8"): Promise<string> {
  socket.end(sent);
  return buffer(socket).then(
    (answer) => answer.toString(encoding),
    () => "",
  );
}
