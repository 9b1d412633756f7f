import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { findHostTools } from "../../../local/instances/host-tools.ts";
import { whereIs } from "../../support/programs.ts";
import { type KeyPair, run, type SshResult, sshArguments, TestBed, type TestInstance } from "./stock-ssh.ts";

/** Bytes: many times what an SSH channel's window (2 MiB) and any buffer on the way hold, and no multiple of theirs. */
const size = 12 * 1024 * 1024 + 1;

const bed = new TestBed();
let instance: TestInstance;
let key: KeyPair;

beforeAll(async () => {
  instance = await bed.startInstance("i-0123456789abcdef0");
  key = await bed.makeKeyPair("key", "ed25519");
  bed.activeKeys.push(instance.instanceId, "ec2-user", key.publicKeyLine);
});
afterAll(() => bed.close());

const settings = () => sshArguments(instance, key).slice(0, -1);
const there = (file: string) => `ec2-user@${instance.host}:${file}`;
const scp = (options: readonly string[], from: string, to: string) => run("scp", [...options, ...settings(), from, to]);

function sftp(commands: string): Promise<SshResult> {
  return run("sftp", [...settings(), "-b", "-", `ec2-user@${instance.host}`], { input: commands });
}

function rsync(from: string, to: string): Promise<SshResult> {
  return run("rsync", ["--rsh", ["ssh", ...settings()].join(" "), from, to]);
}

type Copy = (from: string, to: string) => Promise<SshResult>;

const { sftpServer } = await findHostTools();
const clients: [string, boolean, Copy][] = [
  ["scp (skipped where there is no sftp-server)", sftpServer !== undefined, (from, to) => scp([], from, to)],
  ["scp by its older protocol", true, (from, to) => scp(["-O"], from, to)],
  ["rsync (skipped where there is none)", whereIs("rsync") !== undefined, rsync],
];

describe.each(clients)("by %s", (_client, isInstalled, copy) => {
  const testCopy = isInstalled ? test : test.skip;

  testCopy("a file that is not there fails, in so many words", async () => {
    const { code, stderr } = await copy(there("absent"), join(bed.folder, "absent"));
    expect(code).not.toBe(0);
    expect(stderr).toContain("No such file or directory");
  });

  testCopy("a file goes to an instance's own directory and back, every byte as it was", async () => {
    // A name of its own: rsync leaves a file alone that has the size and the second of another.
    const file = randomUUID();
    const [sent, received] = [join(bed.folder, "sent"), join(bed.folder, file)];
    writeFileSync(sent, randomBytes(size));
    expect(await copy(sent, there(file))).toMatchObject({ code: 0 });
    expect(digest(join(instance.homeDirectory, file))).toBe(digest(sent));
    expect(await copy(there(file), received)).toMatchObject({ code: 0 });
    expect(digest(received)).toBe(digest(sent));
  });
});

(sftpServer === undefined ? describe.skip : describe)("by sftp (skipped where there is no sftp-server)", () => {
  test("a batch ends where a command of it fails", async () => {
    const { code, stdout } = await sftp("get absent\npwd\n");
    expect(code).toBe(1);
    expect(stdout).not.toContain("Remote working directory");
  });

  test("a batch works in the instance's own directory", async () => {
    writeFileSync(join(bed.folder, "note"), "a note");
    const commands = [
      `put ${bed.folder}/note`,
      "mkdir kept",
      "rename note kept/note",
      "chmod 600 kept/note",
      "ls kept",
    ];
    const { code, stdout } = await sftp(`${commands.join("\n")}\npwd\n`);
    expect(code).toBe(0);
    expect(stdout).toContain("kept/note");
    expect(stdout).toContain(`Remote working directory: ${instance.homeDirectory}\n`);
    expect(readFileSync(join(instance.homeDirectory, "kept/note"), "utf8")).toBe("a note");
  });
});

const digest = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
