import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { adviceAfter, type Ending } from "../../../client/ssh/after-failure.ts";
import { type Diagnosis, readDiagnosis } from "../../../client/ssh/diagnosis.ts";
import { runSession } from "../../../client/ssh/run-session.ts";
import type { Session } from "../../../client/ssh/session.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { connectionWith, handle, hostKey, hostKeyName, serial, tunnel } from "./any-connection.ts";

const shown = "SHA256:shown";

describe("what ssh -v has written", () => {
  const line = `debug1: Server host key: ssh-ed25519 ${shown}\r\n`;
  test.each<[string, string, Diagnosis | undefined]>([
    ["nothing", "", undefined],
    ["that ssh refuses its arguments", "command-line line 0: Bad configuration option: foo\r\n", undefined],
    [
      "that it was refused",
      "ssh: connect to host 192.0.2.7 port 22: Connection refused\r\n",
      { kind: "unreachable", isRefused: true },
    ],
    [
      "that it took too long",
      "ssh: connect to host 192.0.2.7 port 22: Connection timed out\r\n",
      { kind: "unreachable", isRefused: false },
    ],
    ["a key in the words of a server", `debug1: banner line 0: ${line}`, undefined],
    ["a key that is not accepted", line, { kind: "other-host-key", shown: `ssh-ed25519 ${shown}` }],
  ])("tells of %s", (_, text, diagnosis) => {
    expect(readDiagnosis(text, ["SHA256:other"])).toEqual(diagnosis);
  });

  test("tells of a key that is accepted, by the first that it names", () => {
    expect(readDiagnosis(`${line}debug1: Server host key: ssh-rsa SHA256:other`, [shown])).toEqual({
      kind: "accepted-host-key",
    });
  });
});

const ending: Ending = {
  connection: connectionWith(),
  check: { kind: "known", hostKeys: [hostKey] },
  uses: { looks: 0, signatures: 0 },
  isKeyOver: false,
  isEarly: true,
  pinFile: "/home/ada/known_hosts",
  commandLine: { given: {}, platform: "linux" },
};
const looked = { looks: 1, signatures: 0 };
const otherKey: Diagnosis = { kind: "other-host-key", shown: `ssh-ed25519 ${shown}` };
const silent: Diagnosis = { kind: "unreachable", isRefused: false };
const accepted: Diagnosis = { kind: "accepted-host-key" };
const told = (changes: Partial<Ending>, diagnosis?: Diagnosis) => {
  const advice = adviceAfter({ ...ending, ...changes }, diagnosis);
  return advice && `${advice.note}\n${advice.hint}`;
};

describe("nothing is said", () => {
  test.each<[string, Partial<Ending>, Diagnosis | undefined]>([
    ["if the server took the key: the session ended by itself", { uses: { looks: 1, signatures: 1 } }, undefined],
    ["if the user has just declined the host key", { check: { kind: "unknown", accepts: "ask" } }, otherKey],
    ["if the tunnel has told it", { connection: connectionWith({ connectionType: "eice", tunnel }) }, silent],
    ["if another ssh of the user's carried the session", {}, accepted],
    ["if a key of the user's carried it for long", { uses: undefined, isEarly: false }, accepted],
  ])("%s", (_, changes, diagnosis) => {
    expect(told(changes, diagnosis)).toBeUndefined();
  });
});

describe('"Permission denied" gets a reason (aws-ec2-instance-connect-config#32)', () => {
  test("the key has expired", () => {
    expect(told({ uses: looked, isKeyOver: true })).toMatch(/no longer takes the key.*12:01:00 UTC/);
  });

  test("no such OS user, no EC2 Instance Connect, another AuthorizedKeysCommand, no metadata", () => {
    const text = told({ uses: looked });
    for (const reason of ["--os-user", "ec2-instance-connect", "AuthorizedKeysCommand", "metadata"])
      expect(text).toContain(reason);
  });

  test("the account lets nobody in to serial consoles", () => {
    const connection = connectionWith(serial);
    expect(told({ uses: looked, connection })).toContain("serial console");
  });

  test("with a key of the user's own, only if it was that", () => {
    expect(told({ uses: undefined }, accepted)).toMatch(/^if ssh has said "Permission denied"/);
  });
});

describe("a changed host key is explained", () => {
  test("registered: both fingerprints, where the known one is from, and what to do", () => {
    const text = told({}, otherKey);
    expect(text).toContain(`shown: ssh-ed25519 ${shown}`);
    expect(text).toContain(`known: ssh-ed25519 ${hostKey.fingerprint}, registered by an operator on 2026-03-01`);
    expect(text).toContain("do not connect");
    expect(text).toContain(`latchkey host-keys ${handle} --register FILE`);
  });

  test("accepted on this machine: how to forget it", () => {
    expect(told({ check: { kind: "pinned" } }, otherKey)).toContain(
      `ssh-keygen -R ${hostKeyName} -f /home/ada/known_hosts`,
    );
  });

  test("published by AWS", () => {
    const check = { kind: "fingerprint", fingerprint: "SHA256:published" } as const;
    expect(told({ check, connection: connectionWith(serial) }, otherKey)).toContain(
      "known: SHA256:published, published by AWS",
    );
  });
});

describe("an instance that does not answer", () => {
  test("silent: security group and route", () => {
    expect(told({}, silent)).toMatch(/192\.0\.2\.7, port 22\n.*security group.*route/);
  });

  test("refusing: nothing listens", () => {
    expect(told({}, { kind: "unreachable", isRefused: true })).toMatch(/nothing listens/);
  });
});

describe("a host without sftp", () => {
  let bin: string;
  beforeEach(async () => {
    bin = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  });
  afterEach(() => rm(bin, { recursive: true }));

  /** What is said when scp or sftp has failed after a login, and a look at the subsystem ends so. */
  async function saidAfter(program: "scp" | "sftp", look: string, args: readonly string[] = [], signatures = 1) {
    const install = (name: string, text: string) =>
      writeFile(path.join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    await Promise.all([install("ssh", look), install(program, "exit 255")]);
    const { context, shown } = scriptedWorld({});
    const machine = { ...context, environment: { PATH: `${bin}:/usr/bin:/bin` } };
    const uses = { looks: 1, signatures };
    const session = {
      connection: ending.connection,
      basis: ending,
      identity: { uses },
      keyEndsAt: new Date(1),
      variables: {},
    };
    const sshArgs = ["web-1"];
    expect(await runSession(machine, session as unknown as Session, { program, args, sshArgs })).toBe(255);
    return shown.join("\n");
  }
  const refusing = 'echo "$@" | grep -q -e "-s .* sftp$" && echo "subsystem request failed on channel 0" >&2; exit 255';

  test.each<["scp" | "sftp", string, string]>([
    ["scp", "whose subsystem is refused", refusing],
    ["sftp", "whose subsystem is refused", refusing],
    ["scp", "whose server is not there", "exit 127"],
  ])("fails %s, %s: it is said, with -O by name", async (program, _, look) => {
    expect(await saidAfter(program, look)).toMatch(
      new RegExp(`has no sftp, which ${program} needs\\nhint: latchkey scp -O `),
    );
  });

  test("is not what is said before a login", async () => {
    expect(await saidAfter("scp", refusing, [], 0)).not.toContain("has no sftp");
  });

  test.each<[string, string, readonly string[]]>([
    ["if it has sftp", "exit 0", []],
    ["if it cannot be reached again", "echo 'ssh: connect to host' >&2; exit 255", []],
    ["if scp needs none, by -O", refusing, ["-O"]],
  ])("nothing is said %s", async (_, look, args) => {
    expect(await saidAfter("scp", look, args)).toBe("");
  });
});
