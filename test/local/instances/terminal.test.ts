import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import ssh2 from "ssh2";
import { findHostTools } from "../../../local/instances/host-tools.ts";
import { runOnTerminal } from "../../../local/instances/run-on-terminal.ts";
import { whereIs } from "../../support/programs.ts";
import { type KeyPair, ssh, sshArguments, startSsh, TestBed, type TestInstance } from "./stock-ssh.ts";

const { script } = await findHostTools();
const describeTerminal = script === undefined ? describe.skip : describe;

describeTerminal("a terminal on an instance (skipped where there is no script(1) of Linux)", () => {
  const bed = new TestBed();
  let instance: TestInstance;
  let key: KeyPair;

  beforeAll(async () => {
    instance = await bed.startInstance("i-0123456789abcdef0");
    key = await bed.makeKeyPair("key", "ed25519");
    bed.activeKeys.push(instance.instanceId, "ec2-user", key.publicKeyLine);
  });
  afterAll(() => bed.close());

  /** By the stock client. */
  const onTerminal = (command: string, input: string | Buffer = "") =>
    ssh(instance, key, { options: ["RequestTTY=force"], command, input });

  /** By a client that says what it likes of its terminal. */
  async function open(command: string, terminal: ssh2.PseudoTtyOptions = {}, at = instance) {
    const client = new ssh2.Client().on("error", () => {});
    const { host, port } = at;
    client.connect({ host, port, username: "ec2-user", privateKey: readFileSync(key.privateKeyFile) });
    await once(client, "ready");
    const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
      client.exec(command, { pty: terminal }, (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    let screen = "";
    channel.setEncoding("utf8").on("data", (shown: string) => {
      screen += shown;
    });
    const closed = new Promise<number | null>((resolve) => {
      let code: number | null = null;
      channel.on("exit", (status: number | null) => {
        code = status;
      });
      channel.on("close", () => {
        client.end();
        resolve(code);
      });
    });
    return {
      channel,
      closed,
      /** Resolves with what matches, when the screen shows it. Jest's own time-out is the bound. */
      async shows(pattern: RegExp): Promise<RegExpExecArray> {
        for (;;) {
          const shown = pattern.exec(screen);
          if (shown) return shown;
          await once(channel, "data");
        }
      },
      hangUp: () => client.destroy(),
    };
  }

  /**
   * Ends when the terminal has a size of which it has been told. stty sets rows and columns one after the other, and a shell
   * can miss the second signal: it may come between the end of its trap and the next `wait`.
   */
  const untilItIs = (rows: number, columns: number, code: number) => {
    const look = `const [columns, rows] = process.stdout.getWindowSize(); if (rows === ${rows} && columns === ${columns}) process.exit(${code})`;
    const program = `const look = () => { ${look} }; process.stdout.on("resize", look); process.stdin.resume(); console.log("ready"); look()`;
    return `'${process.execPath}' -e '${program}'`;
  };

  test.each([
    ["a name that no terminal has", { term: "xterm; touch /tmp/owned" }, "dumb 24x80"],
    ["a size that no terminal can have", { term: "xterm", rows: 65_536, cols: 10 }, "xterm 24x80"],
  ])("is a plain one where the client gives it %s", async (_what, asked, made) => {
    const { shows, closed } = await open("echo [$TERM $(stty size | tr ' ' x)]", { rows: 24, cols: 80, ...asked });
    expect((await shows(/\[(.*)\]/))[1]).toBe(made);
    await closed;
  });

  test("has the name and the size that the client gives it", async () => {
    const { shows, closed } = await open("echo $TERM; stty size; tty", { term: "xterm-256color", rows: 33, cols: 99 });
    await shows(/^xterm-256color\r\n33 99\r\n\/dev\/\S+\r\n$/);
    expect(await closed).toBe(0);
  });

  test("follows the client's window, and tells the program", async () => {
    const { channel, shows, closed } = await open(untilItIs(50, 132, 3));
    await shows(/ready/);
    channel.setWindow(50, 132, 0, 0);
    expect(await closed).toBe(3);
  });

  test("follows the last of many changes, and has it before what is typed after them", async () => {
    const { channel, shows, closed } = await open("echo ready; read line; stty size");
    await shows(/ready/);
    for (let rows = 40; rows <= 50; rows++) channel.setWindow(rows, 132, 0, 0);
    channel.write("\n");
    await shows(/^50 132\r\n/m);
    expect(await closed).toBe(0);
  });

  test("follows a window that changes before the terminal is made", async () => {
    const login = { osUser: "ec2-user", homeDirectory: instance.homeDirectory, shell: "/bin/sh" };
    const shell = ["-c", untilItIs(50, 132, 0)];
    const command = runOnTerminal(script ?? "", shell, { term: "xterm", rows: 24, cols: 80 }, login);
    command.resize({ rows: 50, cols: 132 });
    for (const stream of [command.stdout, command.stderr]) stream.resume();
    expect(await command.ended).toEqual({ code: 0 });
  });

  test.each([
    ["success", "true", 0],
    ["a failure's exit code", "exit 7", 7],
    ["that there is no such command", "no-such-command", 127],
    ["a signal, as a shell gives it", "kill -TERM $$", 143],
  ])("ends with the command, and tells the client %s", async (_what, command, code) => {
    expect(await onTerminal(command)).toMatchObject({ code });
  });

  test("takes words with quotes, dollars and line breaks as they are", async () => {
    const { stdout } = await onTerminal(`printf '%s|' "it's" '$HOME' "two\nlines"`);
    expect(stdout).toBe("it's|$HOME|two\r\nlines|");
  });

  test("shows standard error among the output", async () => {
    expect(await onTerminal("echo out; echo err >&2")).toMatchObject({ stdout: "out\r\nerr\r\n" });
  });

  test("echoes what is typed, and hands it over line by line", async () => {
    const { channel, shows, closed } = await open("read line; echo [$line]");
    channel.write("hellp\x7fo\r");
    expect((await shows(/^.*\r\n\[.*\]\r\n$/))[0]).toBe("hellp\b \bo\r\n[hello]\r\n");
    expect(await closed).toBe(0);
  });

  test("hands Ctrl-C to the program in its foreground, and to nothing else", async () => {
    const { channel, shows, closed } = await open("bash --norc --noprofile -i", { term: "dumb" });
    await shows(/\$ $|# $/);
    channel.write("echo 'sleeps' now; sleep 300\r");
    await shows(/^sleeps now/m);
    channel.write("\x03");
    channel.write("echo code=$?; exit 5\r");
    await shows(/^code=130/m);
    expect(await closed).toBe(5);
  });

  test("tells the end of the client's input as Ctrl-D", async () => {
    expect(await onTerminal("cat > typed; cat typed", "one\ntwo\n")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/one\r\ntwo\r\n$/),
    });
  });

  test("takes a page that is pasted while the program prints as much", async () => {
    const page = "0123456789abcde\n".repeat(65_536);
    const command = `stty raw -echo; echo ready; head -c ${page.length}`;
    const client = startSsh(sshArguments(instance, key, { options: ["RequestTTY=force"], command }));
    await once(client.stdout, "data"); // before that, the terminal takes lines
    client.stdin.end(page);
    expect((await text(client.stdout)) === page).toBe(true);
  });

  test("is a person's shell: it prompts, and has job control", async () => {
    const { code, stdout } = await ssh(instance, key, {
      options: ["RequestTTY=force"],
      input: "sleep 300 &\njobs\nkill %1\nexit 4\n",
    });
    expect(code).toBe(4);
    expect(stdout).toMatch(/Running\s+sleep 300/);
  });

  test("of a client that has gone leaves nothing running, though it would not hang up", async () => {
    const { path, told, gone } = await bed.makeLifeline();
    const { hangUp } = await open(
      `exec 3> ${path}; trap '' HUP TERM; (echo up >&3; sleep 300; true) & wait; sleep 300`,
    );
    await told;
    hangUp();
    await gone;
  });

  test("of a command that has ended leaves nothing running", async () => {
    const { path, gone } = await bed.makeLifeline();
    expect(await onTerminal(`exec 3> ${path}; nohup sleep 300 > /dev/null 2>&1 &`)).toMatchObject({ code: 0 });
    await gone;
  });

  const withTmux = whereIs("tmux") === undefined ? test.skip : test;
  withTmux("runs tmux, which outlives the client, and ends with the instance (skipped without tmux)", async () => {
    const own = await bed.startInstance("i-0d0000000000000a1");
    bed.activeKeys.push(own.instanceId, "ec2-user", key.publicKeyLine);
    const { path, gone } = await bed.makeLifeline();
    const tmux = "TMUX_TMPDIR=$HOME tmux -f /dev/null";
    const terminal = { term: "xterm", rows: 24, cols: 80 };

    // tmux's server keeps what its first client has open.
    const first = await open(`exec 3> ${path}; ${tmux} new-session 'echo started; exec cat'`, terminal, own);
    await first.shows(/started/);
    first.channel.write("typed before\r");
    await first.shows(/typed before(.|\s)*typed before/); // echoed, then printed by cat
    first.hangUp();

    const second = await open(`${tmux} attach`, terminal, own);
    await second.shows(/typed before/);
    await own.stop();
    await gone;
  });
});
