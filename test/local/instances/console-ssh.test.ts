import { readFileSync } from "node:fs";
import { connect as dial } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { connect } from "../../../web/ssh/connect.ts";
import { Ed25519, type Ed25519Key } from "../../../web/ssh/ed25519.ts";
import { checkHostKey } from "../../../web/ssh/host-key-check.ts";
import { outputWindow, type Shell, type ShellEnd } from "../../../web/ssh/shell.ts";
import { TunnelStream } from "../../../web/ssh/tunnel-stream.ts";
import { type Endpoint, startEndpoint, type Tunnel } from "../../support/tunnel/endpoint.ts";
import { TestBed, type TestInstance } from "./stock-ssh.ts";

const bed = new TestBed();
let instance: TestInstance;
let known: readonly string[];
let key: Ed25519Key;
let endpoint: Endpoint;
/** What the endpoint does with a tunnel. */
let serve: (tunnel: Tunnel) => void;

beforeAll(async () => {
  instance = await bed.startInstance("i-0123456789abcdef0");
  endpoint = await startEndpoint((tunnel) => serve(tunnel));
  known = [readFileSync(instance.knownHostsFile, "utf8").trim().split(" ").slice(1).join(" ")];
  key = await new Ed25519().generateKeyPair();
});
beforeEach(() => {
  serve = bridge;
  bed.activeKeys.push(instance.instanceId, "ec2-user", key.line);
});
afterAll(async () => {
  await endpoint.stop();
  await bed.close();
});

function bridge({ webSocket, closed }: Tunnel): void {
  const host = dial(instance.port, "127.0.0.1").on("error", () => {});
  webSocket.on("message", ({ data }: { data: Buffer }) => host.write(data));
  void closed.then(() => host.destroy());
  host.on("data", (data) => webSocket.send(data)).on("close", () => webSocket.close());
}

interface Terminal {
  readonly shell: Shell;
  /** What was shown so far. */
  text(): string;
  /** Resolves when the text has this. */
  shows(part: string | RegExp): Promise<void>;
  /** Resolves when the text has so many bytes. */
  fills(bytes: number): Promise<void>;
  readonly ended: Promise<ShellEnd>;
}

/** Logs in as the console does. @param show called with each output and what says that it is shown */
async function logIn(
  options: { user?: string; known?: readonly string[]; timeout?: number; signal?: AbortSignal } = {},
  show: (shown: () => void) => void = (shown) => shown(),
): Promise<Terminal> {
  let text = "";
  let notice = () => {};
  const { promise: ended, resolve: onEnd } = Promise.withResolvers<ShellEnd>();
  const { signal = new AbortController().signal } = options;
  const shell = await connect(await TunnelStream.open(endpoint.url, signal), {
    user: options.user ?? "ec2-user",
    key,
    size: { columns: 100, rows: 30 },
    hostKeyTypes: ["ssh-ed25519"],
    acceptHostKey: async (offered) => checkHostKey(offered, options.known ?? known) === "known",
    signal,
    timeout: options.timeout,
    onOutput(output, shown) {
      text += Buffer.from(output);
      notice();
      show(shown);
    },
    onEnd,
  });
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise<void>((resolve) => (notice = resolve));
  };
  const shows = (part: string | RegExp) => until(() => text.search(part) >= 0);
  const fills = (bytes: number) => until(() => text.length >= bytes);
  return { shell, text: () => text, shows, fills, ended };
}

const type = ({ shell }: Terminal, text: string) => shell.send(Buffer.from(text));

describe("the console's SSH", () => {
  test.each<[string, Parameters<typeof logIn>[0], string]>([
    ["whose host key has changed", { known: ["ssh-ed25519 AAAA"] }, "host-key-refused"],
    ["whose host key nobody knows", { known: [] }, "host-key-refused"],
    ["that does not let the user in", { user: "ubuntu" }, "key-refused"],
  ])("gets no shell of a host %s", async (_, options, code) => {
    await expect(logIn(options)).rejects.toMatchObject({ code });
  });

  test("gives up a host that says nothing, and one that closes at once", async () => {
    serve = () => {};
    await expect(logIn({ timeout: 50 })).rejects.toMatchObject({ code: "no-response" });
    serve = ({ socket }) => socket.destroy();
    await expect(logIn()).rejects.toMatchObject({ code: "lost" });
  });

  test("runs a shell on a terminal of the given size, and resizes it", async () => {
    const terminal = await logIn();
    type(terminal, "stty size; echo $((6*7))\n");
    await terminal.shows(/30 100\r\n42\r\n/);
    terminal.shell.resize({ columns: 52, rows: 20 });
    type(terminal, "stty size\n");
    await terminal.shows(/20 52\r\n/);
    await terminal.shell.ping();
    type(terminal, "exit 3\n");
    expect(await terminal.ended).toEqual({ kind: "exit", status: 3 });
  });

  test("says by which signal the shell ended", async () => {
    const terminal = await logIn();
    type(terminal, "kill -9 $$\n");
    expect(await terminal.ended).toMatchObject({ kind: expect.stringMatching(/signal|exit/) });
  });

  test("says that the host is lost when the tunnel drops, and sends nothing after", async () => {
    let drop = () => {};
    serve = (tunnel) => {
      bridge(tunnel);
      drop = () => tunnel.socket.destroy();
    };
    const terminal = await logIn();
    drop();
    expect(await terminal.ended).toEqual({ kind: "lost" });
    type(terminal, "late");
    await expect(terminal.shell.ping()).rejects.toThrow();
  });

  test("ends when its signal does", async () => {
    const control = new AbortController();
    const reason = new Error("closed");
    const opened = logIn({ signal: control.signal });
    control.abort(reason);
    await expect(opened).rejects.toBe(reason);
  });

  test("holds up a host whose output is not shown, at one window, and Ctrl-C gets through meanwhile", async () => {
    const waiting: (() => void)[] = [];
    let isReading = false;
    const terminal = await logIn({}, (shown) => (isReading ? shown() : waiting.push(shown)));
    type(terminal, "yes 0123456789abcdef\n");
    await terminal.fills(outputWindow);
    await terminal.shell.ping();
    expect(terminal.text().length).toBe(outputWindow);
    type(terminal, "\u0003");
    await terminal.shell.ping();
    isReading = true;
    for (const shown of waiting) shown();
    await terminal.shows(/\^C\r\n/);
    type(terminal, "exit\n");
    await terminal.ended;
  });
});
