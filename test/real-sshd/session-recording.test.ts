import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { eventTypes } from "../../contract/audit-event.ts";
import type { Connection } from "../../contract/connection.ts";
import type { BusEvent } from "../../local/aws/event-bus.ts";
import { sampleFleet } from "../../local/fleet/sample-fleet.ts";
import { callApi, fleet, makeConnection } from "../support/api-client.ts";
import { untilChanged } from "../support/client/until.ts";
import { signRequest } from "../support/sigv4-signer.ts";
import { type KeyPair, run, runSsh, useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { throughTunnel } from "../support/tunnel.ts";
import { startRealLoginTargets } from "./real-login-targets.ts";
import { kitSource, RecordingKit } from "./recording-kit.ts";

describe("a host that records sessions", () => {
  let kit: RecordingKit;
  const local = useLocalStack({
    // The hosts of a second target would get a kit of their own.
    fleets: [sampleFleet()],
    loginTargets: async (all, activeKeys, clock) => {
      kit = await RecordingKit.install(fleet.prod1, "chatbot");
      const accepting = [fleet.web1, fleet.prod1];
      return startRealLoginTargets(all, activeKeys, clock, { accepting, recording: kit.recording });
    },
  });
  const key = useKeyPair();
  const otherKey = useKeyPair();
  beforeAll(() => kit.configure(local.stack.url));
  afterAll(() => kit.stop());

  const open: ChildProcessWithoutNullStreams[] = [];
  afterEach(() => {
    for (const child of open.splice(0)) child.kill("SIGKILL");
  });

  const connect = (pair: KeyPair, osUser = "ec2-user", { as = "alice", to = fleet.web1 as string } = {}) =>
    makeConnection(local.stack.url, as, to, { publicKey: pair.publicKey, osUser });

  /** Waits until no session is registered. @returns where they are */
  async function allClosed(): Promise<string> {
    const sessions = kit.path("/run/latchkey/sessions");
    return untilChanged(sessions, () => (readdirSync(sessions).length === 0 ? sessions : undefined));
  }

  const fingerprintOf = async ({ file }: KeyPair) =>
    (await run("ssh-keygen", ["-l", "-f", `${file}.pub`])).stdout.split(" ")[1] ?? "";

  /** A shell on a terminal, at its prompt. */
  async function openShell(made: Connection, pair: KeyPair) {
    const knownHosts = path.join(pair.directory, `${made.connectionId}.known_hosts`);
    await writeFile(knownHosts, made.ssh.knownHosts);
    const options = ["-tt", "-F", "/dev/null", "-o", "BatchMode=yes", "-o", `UserKnownHostsFile=${knownHosts}`];
    const tunnel = made.tunnel ? throughTunnel(made.tunnel.url) : [];
    const child = spawn("ssh", [...options, ...tunnel, "-i", pair.file, ...made.ssh.args]);
    open.push(child);
    let shown = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
    });
    const shell = {
      type: (line: string) => child.stdin.write(`${line}\n`),
      shows: async (text: string) => {
        while (!shown.includes(text)) await once(child.stdout, "data");
      },
      ended: once(child, "close"),
      isOpen: () => child.exitCode === null && child.signalCode === null,
    };
    shell.type("echo rea''dy"); // typed ahead, mostly
    await shell.shows("ready");
    return shell;
  }

  describe("what it records", () => {
    test("what a terminal shows, under the key that Latchkey's trail names", async () => {
      const made = await connect(key.pair);
      const shell = await openShell(made, key.pair);
      shell.type("echo so-$((40 + 2)); tty; exit 3");
      await shell.ended;
      await local.stack.settled();
      const trail = await callApi(local.stack.url, {
        path: `/v1/audit-events?connectionId=${made.connectionId}&type=latchkey.connection.pushed`,
        as: "alice",
      });
      const [{ data }] = (trail.body as { items: [{ data: { publicKeyFingerprint: string; osUser: string } }] }).items;
      const record = (await kit.records(data.publicKeyFingerprint)).at(-1);
      expect(record).toMatchObject({
        header: {
          command: null,
          latchkey: { fingerprint: data.publicKeyFingerprint, osUser: data.osUser, from: "127.0.0.1" },
        },
        output: expect.stringMatching(/so-42\r\n\/dev\/pts\/\d+\r\n/),
      });
      const events = await untilChanged(kit.path("/var/log/latchkey"), async () => {
        const lines = (await kit.log()).filter(({ fingerprint }) => fingerprint === data.publicKeyFingerprint);
        return lines.length < 3 ? undefined : lines.map(({ event }) => event);
      });
      expect(events).toEqual(["opened", "recorded", "closed"]);
      const hasEnded = async () => (await kit.records(data.publicKeyFingerprint)).at(-1)?.hasEnded || undefined;
      await untilChanged(kit.path("/var/log/latchkey/records"), hasEnded);
    });

    test("of a command without a terminal, the command alone; its bytes and exit code stay as they are", async () => {
      const made = await connect(key.pair);
      const command = "printf 'a\\0b\\r\\n'; echo oops >&2; exit 7";
      expect(await runSsh(made, key.pair, command)).toEqual({ code: 7, stdout: "a\0b\r\n", stderr: "oops\n" });
      const record = (await kit.records(await fingerprintOf(key.pair))).at(-1);
      expect(record).toMatchObject({ header: { command }, output: "" });
    });

    test.each([
      ["scp", "sftp"],
      ["rsync", "rsync"],
    ])("that %s ran, which copies files as before", async (program, recordedAs) => {
      const made = await connect(key.pair);
      const [config, sent] = ["config", `sent-by-${program}`].map((name) => path.join(key.pair.directory, name)) as [
        string,
        string,
      ];
      const knownHosts = path.join(key.pair.directory, "known_hosts");
      await writeFile(knownHosts, made.ssh.knownHosts);
      await writeFile(config, made.ssh.config);
      const content = randomBytes(300_001);
      await writeFile(sent, content);
      const ssh = ["-F", config, "-i", key.pair.file, "-o", "BatchMode=yes", "-o", `UserKnownHostsFile=${knownHosts}`];
      const how = program === "rsync" ? ["-e", `ssh ${ssh.join(" ")}`] : ssh;
      const there = `${fleet.web1}:recorded-copy`;
      expect(await run(program, [...how, sent, there])).toMatchObject({ code: 0 });
      expect(await run(program, [...how, there, `${sent}.back`])).toMatchObject({ code: 0 });
      expect(content.equals(await readFile(`${sent}.back`))).toBe(true);
      rmSync("/home/ec2-user/recorded-copy");
      const commands = (await kit.records(await fingerprintOf(key.pair))).map(({ header }) => header.command);
      expect(commands.slice(-2)).toEqual([expect.stringContaining(recordedAs), expect.stringContaining(recordedAs)]);
    });
  });

  describe("what it refuses", () => {
    const recorded = async () => (await kit.log()).filter(({ event }) => event === "recorded").length;

    test("a shell without a terminal", async () => {
      const made = await connect(key.pair);
      const { code, stderr } = await runSsh(made, key.pair, "", ["-T"]);
      expect([code, stderr]).toEqual([1, expect.stringContaining("a shell without a terminal cannot be recorded")]);
    });

    test("forwarding", async () => {
      const made = await connect(key.pair);
      const port = new URL(local.stack.url).port;
      const { code, stderr } = await runSsh(made, key.pair, "", ["-N", "-W", `127.0.0.1:${port}`]);
      expect([code, stderr]).toEqual([255, expect.stringContaining("administratively prohibited")]);
    });

    test("every session while nothing keeps the records", async () => {
      const made = await connect(key.pair);
      await kit.stopRecorder();
      try {
        const result = await runSsh(made, key.pair, "echo in");
        expect(result).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("cannot be recorded") });
      } finally {
        await kit.startRecorder();
      }
    });

    test("every session while PAM cannot register it", async () => {
      const made = await connect(key.pair);
      const sessions = await allClosed(); // which need the directory, too
      await rename(sessions, `${sessions}.away`);
      try {
        expect(await runSsh(made, key.pair, "echo in")).toMatchObject({ code: 254, stdout: "" });
      } finally {
        await rename(`${sessions}.away`, sessions);
      }
    });

    test("the rest of a session whose recorder goes away", async () => {
      const shell = await openShell(await connect(key.pair), key.pair);
      await kit.stopRecorder();
      try {
        shell.type("echo more");
        await shell.shows("the recorder has gone, so this session ends");
        await shell.ended;
      } finally {
        await kit.startRecorder();
      }
    });

    test("a record that a process of no session asks for", async () => {
      const before = await recorded();
      const result = await run("runuser", ["-u", "ec2-user", "--", kit.path("/usr/local/libexec/latchkey/record")], {
        SSH_ORIGINAL_COMMAND: "echo in",
      });
      expect(result).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("cannot be recorded") });
      expect(await recorded()).toBe(before);
    });

    test("to let the user's own files run before the recorder", async () => {
      const home = "/home/admin";
      const files = [".bashrc", ".profile", ".ssh/rc", ".pam_environment", ".ssh/environment"];
      const made = await connect(key.pair, "admin");
      const script = `mkdir -p .ssh; for file in ${files.join(" ")}; do echo 'echo ran; exec true' > $file; done`;
      expect(await runSsh(made, key.pair, script)).toMatchObject({ code: 0 });
      try {
        expect(readFileSync(`${home}/.bashrc`, "utf8")).toContain("exec true");
        const before = await recorded();
        // bash reads ~/.bashrc for a command of ssh: here it does so after the recorder has taken the session.
        expect(await runSsh(made, key.pair, "echo never")).toMatchObject({ stdout: "ran\n" });
        expect(await recorded()).toBe(before + 1);
      } finally {
        for (const file of files) rmSync(path.join(home, file), { force: true });
      }
    });
  });

  describe("a record", () => {
    test("cannot be read, listed, changed, removed or made up by the user", async () => {
      const made = await connect(key.pair);
      const { file } = (await kit.records(await fingerprintOf(key.pair))).at(-1) ?? { file: "" };
      const before = await readFile(file, "utf8");
      const attempts = {
        read: `cat ${file}`,
        listed: `ls ${path.dirname(file)}`,
        "added to": `echo more >> ${file}`,
        replaced: `echo other > ${file}`,
        removed: `rm -f ${file}`,
        "moved away": `mv ${path.dirname(file)} /tmp/elsewhere`,
        "made up": `echo made-up > ${path.dirname(file)}/made-up.cast`,
        "taken for that of another session": `echo '{}' > ${kit.path("/run/latchkey/sessions")}/1.json`,
        "sent to another recorder": `mv ${kit.path("/run/latchkey/recorder.sock")} /tmp/elsewhere`,
      };
      const commands = Object.entries(attempts).map(([how, attempt]) => `(${attempt}) 2>/dev/null && echo '${how}'`);
      expect(await runSsh(made, key.pair, `${commands.join("; ")}; true`)).toEqual({ code: 0, stdout: "", stderr: "" });
      expect(await readFile(file, "utf8")).toBe(before);
    });

    test("is for root alone, as is the log", async () => {
      const { file } = (await kit.records(await fingerprintOf(key.pair))).at(-1) ?? { file: "" };
      const modes = [file, kit.path("/var/log/latchkey/sessions.log")].map((each) => statSync(each));
      expect(modes.map(({ mode, uid }) => [mode & 0o777, uid])).toEqual([
        [0o600, 0],
        [0o600, 0],
      ]);
    });
  });

  describe("ending sessions", () => {
    test("ends those of the key, with what they left in the background, and no other one of the OS user", async () => {
      const mine = await openShell(await connect(key.pair), key.pair);
      const other = await openShell(await connect(otherKey.pair), otherKey.pair);
      mine.type("trap '' HUP; setsid -f sleep 1234567; echo st''arted");
      await mine.shows("started");
      const result = await kit.run("end-sessions", await fingerprintOf(key.pair));
      expect(result).toEqual({ code: 0, stdout: "ended 1 of 1 sessions\n", stderr: "" });
      await mine.ended;
      expect(await run("pgrep", ["-f", "sleep 1234567"])).toMatchObject({ stdout: "" });
      other.type("echo st''ill");
      await other.shows("still");
      expect((await kit.log()).at(-1)).toMatchObject({
        event: "ended",
        fingerprint: await fingerprintOf(key.pair),
        why: "end-sessions",
      });
    });

    test.each([
      ["none", []],
      ["an empty one", [""]],
      ["one with a command", ["SHA256:$(reboot)"]],
      ["one that is too short", [`SHA256:${"a".repeat(42)}`]],
      ["one that is too long", [`SHA256:${"a".repeat(44)}`]],
      ["one with a line more", [`SHA256:${"a".repeat(43)}\n`]],
      ["a pattern", [".*"]],
      ["a path", ["../../etc/passwd"]],
      ["an MD5", ["MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"]],
      ["an option", ["--all"]],
      ["a valid one and another", [`SHA256:${"a".repeat(43)}`, "all"]],
    ])("takes fingerprints only, and refuses %s", async (_, args) => {
      const result = await kit.run("end-sessions", ...args);
      expect(result).toMatchObject({ code: 64, stdout: "", stderr: expect.stringContaining("usage") });
    });
  });

  describe("what the bus says", () => {
    /** Has somebody approved for prod-1, and logs them in. */
    async function underAccess(subject: string, reviewer: string, pair: KeyPair) {
      const body = { instanceId: fleet.prod1, osUser: "ec2-user", durationSeconds: 600, reason: "Disk is full" };
      const asked = await callApi(local.stack.url, { method: "POST", path: "/v1/access-requests", as: subject, body });
      const { id } = asked.body as { id: string };
      await call(`/v1/access-requests/${id}/reviews`, reviewer, { decision: "approve" });
      const made = await connect(pair, "ec2-user", { as: subject, to: fleet.prod1 });
      expect(made).toMatchObject({ accessRequestId: id });
      return { id, made, shell: await openShell(made, pair) };
    }

    async function call(route: string, as: string, body: object, method = "POST") {
      const response = await callApi(local.stack.url, { method, path: route, as, body });
      expect(response.status).toBeLessThan(300);
    }

    /** Runs what the rules send to the host for every event from this one on. */
    async function deliver(from: number) {
      await local.stack.settled();
      for (const command of local.stack.bus.events.slice(from).flatMap(commandsFor)) {
        expect(await run("sh", ["-c", kit.moved(command)])).toEqual({ code: 0, stdout: "", stderr: "" });
      }
    }

    test("ends the sessions of a revoked access request, then those of a suspended caller", async () => {
      const alice = await underAccess("alice", "bob", key.pair);
      const bob = await underAccess("bob", "erin", otherKey.pair);
      await local.stack.settled();

      // What is active is left alone, and gets its name.
      expect(await kit.run("end-revoked")).toEqual({ code: 0, stdout: "", stderr: "" });
      const named = (await kit.log()).filter(({ event }) => event === "named");
      expect(named).toEqual([
        expect.objectContaining({
          connection: alice.made.connectionId,
          subject: "alice",
          accessRequestId: alice.id,
          fingerprint: await fingerprintOf(key.pair),
        }),
        expect.objectContaining({ connection: bob.made.connectionId, subject: "bob", accessRequestId: bob.id }),
      ]);

      const before = local.stack.bus.events.length;
      await call(`/v1/access-requests/${alice.id}/revoke`, "alice", {});
      await deliver(before);
      await alice.shell.ended;
      expect((await kit.log()).at(-1)).toMatchObject({ event: "ended", subject: "alice", why: "revoked" });
      expect(bob.shell.isOpen()).toBe(true);

      const then = local.stack.bus.events.length;
      await call("/v1/suspensions/bob", "erin", { reason: "Laptop stolen" }, "PUT");
      await deliver(then);
      await bob.shell.ended;
      expect((await kit.log()).at(-1)).toMatchObject({ event: "ended", subject: "bob", why: "suspended" });
    });

    test("a host that cannot ask ends nothing, and says so", async () => {
      const shell = await openShell(await connect(key.pair), key.pair);
      await kit.configure("http://127.0.0.1:1");
      const { code, stderr } = await kit.run("end-revoked");
      expect([code, stderr]).toEqual([1, expect.stringContaining("Connection refused")]);
      expect(shell.isOpen()).toBe(true);
      await kit.configure(local.stack.url);
    });
  });

  test("the host signs as AWS's own signer does, with the session token of its role", async () => {
    const url = "https://api.example.com/live/v1/audit-events?a=%3A%2F&from=2026-01-02T03%3A04%3A05Z";
    const script = `import api, datetime, json, urllib.parse
now = datetime.datetime(2026, 1, 2, 3, 4, 5)
keys = {"AccessKeyId": "AKIA", "SecretAccessKey": "secret", "Token": "to/ken=="}
print(json.dumps(api.signed(urllib.parse.urlsplit("${url}"), "eu-west-1", keys, now)))`;
    const { stdout } = await run("python3", ["-c", script], { PYTHONPATH: kitSource, PYTHONDONTWRITEBYTECODE: "1" });
    const now = new Date("2026-01-02T03:04:05Z");
    const signer = { accessKeyId: "AKIA", secretAccessKey: "secret", sessionToken: "to/ken==", service: "execute-api" };
    expect(JSON.parse(stdout)).toEqual(await signRequest({ ...signer, method: "GET", url, region: "eu-west-1", now }));
  });

  test("the kit installs twice as once, and keeps users' variables out of PAM", async () => {
    const installed = () => readFileSync(kit.path("/etc/pam.d/sshd"), "utf8");
    writeFileSync(
      kit.path("/etc/pam.d/sshd"),
      "session required pam_loginuid.so\nsession required pam_env.so user_readenv=1\n",
    );
    await kit.installFiles();
    const once = installed();
    await kit.installFiles();
    expect(installed()).toBe(once);
    expect(once).toBe(
      "session required pam_loginuid.so\nsession required pam_exec.so quiet /usr/local/libexec/latchkey/pam-session\nsession required pam_env.so\n",
    );
  });

  test("no session is left registered once all have ended", () => allClosed());
});

interface Rule {
  readonly EventPattern: { readonly source: [{ readonly prefix: string }]; readonly "detail-type": readonly string[] };
  readonly Targets: readonly [
    {
      readonly InputTransformer?: {
        readonly InputPathsMap: Readonly<Record<string, string>>;
        readonly InputTemplate: string;
      };
    },
  ];
}

const { Resources: resources } = JSON.parse(
  readFileSync(path.join(kitSource, "end-sessions.template.json"), "utf8"),
) as { Resources: Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }> };
const content = resources["Document"]?.Properties["Content"] as {
  readonly parameters: { readonly subject: { readonly default: string; readonly allowedPattern: string } };
  readonly mainSteps: readonly [{ readonly inputs: { readonly runCommand: readonly string[] } }];
};
const rules = Object.values(resources)
  .filter(({ Type }) => Type === "AWS::Events::Rule")
  .map(({ Properties }) => Properties as unknown as Rule);
const { default: nobody, allowedPattern } = content.parameters.subject;

/** What EventBridge and Systems Manager make of an event: the commands that they run on a host. */
function commandsFor({ source, "detail-type": type, detail }: BusEvent): string[] {
  const matching = rules.filter(
    ({ EventPattern }) =>
      EventPattern.source.some(({ prefix }) => source.startsWith(prefix)) && EventPattern["detail-type"].includes(type),
  );
  return matching.flatMap(({ Targets: [{ InputTransformer }] }) => {
    const { subject = [nobody] } = InputTransformer ? inputOf(InputTransformer, detail) : {};
    return subject.map(commandFor);
  });
}

function inputOf(
  { InputPathsMap, InputTemplate }: NonNullable<Rule["Targets"][0]["InputTransformer"]>,
  detail: BusEvent["detail"],
): { readonly subject?: readonly string[] } {
  const filled = Object.entries(InputPathsMap).reduce((template, [name, selector]) => {
    const value = selector
      .split(".")
      .slice(2) // "$.detail"
      .reduce<unknown>((part, field) => (part as Record<string, unknown>)[field], detail);
    return template.replace(`<${name}>`, JSON.stringify(value));
  }, InputTemplate);
  return JSON.parse(filled);
}

/** @throws Error for a subject that Systems Manager refuses */
function commandFor(subject: string): string {
  if (!new RegExp(allowedPattern).test(subject)) throw new Error("InvalidParameters");
  return content.mainSteps[0].inputs.runCommand.join("\n").replace("{{ subject }}", subject);
}

describe("the document that Systems Manager runs", () => {
  test("comes of events that exist", () => {
    const types = rules.flatMap(({ EventPattern }) => EventPattern["detail-type"]);
    expect(types).toEqual(["latchkey.access-request.revoked", "latchkey.caller.suspended"]);
    expect(types.filter((type) => !eventTypes.map((each) => `latchkey.${each}`).includes(type))).toEqual([]);
  });

  test.each(["alice", "zoe.o-neil+x=y@example.com", "111122223333/ChatBot", "github/deploy/1:2%2F3~"])(
    "takes the caller %s",
    (caller) => expect(commandFor(caller)).toContain(`--subject='${caller}'`),
  );

  test.each(["'; reboot; '", "a'b", "a\nb", "$(reboot)", "`reboot`", "a b", "a;b", "a\\", '"', "{{ x }}", "a\n"])(
    "refuses a caller that a shell could read as more: %j",
    (caller) => expect(() => commandFor(caller)).toThrow("InvalidParameters"),
  );
});
