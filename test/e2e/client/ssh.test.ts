import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { Fleet } from "../../../local/fleet/fleet.ts";
import { sampleFleet } from "../../../local/fleet/sample-fleet.ts";
import { ActiveKeys } from "../../../local/instances/active-keys.ts";
import { makeHostKey } from "../../../local/instances/host-key.ts";
import { startLoginTargets } from "../../../local/instances/login-targets.ts";
import { frameOf } from "../../fixtures/keys.ts";
import { fleet } from "../../support/api-client.ts";
import { startOnTerminal } from "../../support/client/tmux.ts";
import { clientEnvironment, runClient, runOnClientMachine, useClientHome } from "../../support/client-process.ts";
import { whereIs } from "../../support/programs.ts";
import { useKeyPair } from "../../support/ssh-client.ts";
import { useLocalStack } from "../../support/test-stack.ts";

const directories: string[] = [];
afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true }))));

/** The instances' own, gone after all tests. */
async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  directories.push(directory);
  return directory;
}

/** The sample fleet, and two private instances of one name. */
function withTwins(): Fleet {
  const { instances, endpoints, images } = sampleFleet();
  const db1 = JSON.stringify(instances.find(({ InstanceId }) => InstanceId === fleet.db1));
  const twins = [1, 2].map((number) =>
    JSON.parse(
      db1
        .replaceAll(fleet.db1, `i-0aaaaaaaaaaaaaaa${number}`)
        .replaceAll("10.0.1.20", `10.0.2.${number}`)
        .replaceAll('"db-1"', '"twin"'),
    ),
  );
  return new Fleet({
    Reservations: [{ Instances: [...instances, ...twins] }],
    InstanceConnectEndpoints: [...endpoints],
    Images: [...images],
  });
}

const filesIn = (directory: string) =>
  readdirSync(directory, { recursive: true, encoding: "utf8" }).map((name) => path.join(directory, name));
/** What the command has left, but for its bytecode. */
const leftIn = (directory: string) => {
  const isBytecode = (name: string) => /^\.cache(?:$|\/latchkey(?:$|\/code-))/.test(name);
  return filesIn(directory).filter((file) => !isBytecode(path.relative(directory, file)));
};
const privateDirectoriesIn = (directory: string) => filesIn(directory).filter((file) => /latchkey-[^/]*$/.test(file));

describe("the key of a connection", () => {
  const local = useLocalStack();
  const home = useClientHome();
  const options = () => ({ as: "alice", stack: local.stack, home: home.directory });

  test("is in no file while its session lasts, and what there is of it is for its user alone", async () => {
    const client = spawn("latchkey", ["ssh", "web-1", "echo in; exec cat"], { env: clientEnvironment(options()) });
    const ended = once(client, "close");
    await once(client.stdout, "data");
    const [directory, ...others] = privateDirectoriesIn(home.directory);
    expect(others).toEqual([]);
    expect(statSync(directory ?? "").mode & 0o777).toBe(0o700);
    const files = filesIn(home.directory).filter((file) => lstatSync(file).isFile());
    expect(files.map((file) => path.basename(file)).sort()).toEqual(["key.pub", "known_hosts"]);
    for (const file of files) {
      expect(readFileSync(file, "utf8")).not.toContain("PRIVATE");
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    client.stdin.end();
    await ended;
    expect(leftIn(home.directory)).toEqual([]);
  });

  test("does not log in as another user than the one it was pushed for, with any arguments", async () => {
    const result = await runClient(["ssh", "web-1", "-o", "User=root", "--", "-l", "root", "echo $LOGNAME"], options());
    expect(result).toMatchObject({ stdout: "ec2-user\n", exitCode: 0 });
  });
});

describe("an instance that knows nothing of EC2 Instance Connect", () => {
  const local = useLocalStack({
    loginTargets: async (all, _activeKeys, clock) =>
      startLoginTargets(all, new ActiveKeys(clock), await makeDirectory(), true),
  });
  const key = useKeyPair();

  test.each([
    ["with a one-time key", () => []],
    ["with a key of the user's", () => ["--identity", key.pair.file]],
  ])(
    'says "Permission denied", and latchkey why that may be (aws-ec2-instance-connect-config#32), %s',
    async (_, given) => {
      const result = await runClient(["ssh", "web-1", ...given(), "--", "true"], { as: "alice", stack: local.stack });
      expect(result.exitCode).toBe(255);
      expect(result.stderr).toContain("Permission denied (publickey)");
      expect(result.stderr).toMatch(/^hint: either there is no user ec2-user.*has no EC2 Instance Connect/m);
    },
  );
});

describe("a command that is printed, not run", () => {
  const local = useLocalStack();
  const home = useClientHome();
  const key = useKeyPair();
  const options = () => ({ as: "alice", stack: local.stack, home: home.directory });

  test.each([
    ["directly", "web-1"],
    ["through the tunnel", "db-1"],
  ])("works when it is pasted within the minute (aws-cli#9668), %s", async (_, name) => {
    const printed = await runClient(["ssh", name, "--print", "--", "echo $LOGNAME; exit 7"], options());
    expect(printed).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^(LATCHKEY_TUNNEL_URL=\S+ \S+ )?ssh .*\n$/),
    });
    expect(printed.stdout).not.toMatch(/wss?:/);
    expect(await runOnClientMachine("sh", ["-c", printed.stdout], options())).toMatchObject({
      stdout: "ec2-user\n",
      exitCode: 7,
    });
  });

  test("has its files for the user alone, and the next start after its minute takes them away", async () => {
    const printed = await runClient(["ssh", "web-1", "--print"], options());
    const file = / -i (\S+\/key) /.exec(printed.stdout)?.[1] ?? "";
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    await utimes(path.dirname(file), new Date(0), new Date(0));
    await runClient(["ssh", "web-1", "--print"], options());
    expect(existsSync(path.dirname(file))).toBe(false);
  });

  test("with a key of the user's writes no private key", async () => {
    const before = leftIn(home.directory);
    const printed = await runClient(["push", "web-1", "--identity", `${key.pair.file}.pub`], options());
    const made = leftIn(home.directory).filter((file) => !before.includes(file));
    expect(made.map((file) => path.basename(file)).filter((name) => !name.startsWith("latchkey-"))).toEqual([
      "known_hosts",
    ]);
    const result = await runOnClientMachine("sh", ["-c", `${printed.stdout.trim()} 'echo in'`], options());
    expect(result).toMatchObject({ stdout: "in\n", exitCode: 0 });
  });

  test("--json gives the whole connection, and nothing else on standard output", async () => {
    const { stdout, stderr } = await runClient(["ssh", "db-1", "--json"], options());
    expect(JSON.parse(stdout)).toMatchObject({
      instanceId: fleet.db1,
      tunnel: { url: expect.any(String) },
      user: "ec2-user",
    });
    expect(stderr).toContain("tunnel.url is a secret");
    expect(stderr).not.toMatch(/wss?:/);
  });
});

describe("an instance", () => {
  const local = useLocalStack({
    fleets: [withTwins()],
    loginTargets: async (all, activeKeys) => startLoginTargets(all, activeKeys, await makeDirectory(), true),
  });

  test.each([
    ["by its Name tag instead of its id (mssh#8)", "web-1"],
    ["by its id", fleet.web1],
  ])("is named %s, and logged in to as its own default OS user (simple-ec2#84)", async (_, name) => {
    const result = await runClient(["ssh", name, "echo $LOGNAME"], { as: "alice", stack: local.stack });
    expect(result).toEqual({ stdout: "ec2-user\n", stderr: "", exitCode: 0 });
  });

  const withTmux = whereIs("tmux") === undefined ? describe.skip : describe;
  withTmux("by a name like several others, or by one that several have, at a terminal (skipped without tmux),", () => {
    const home = useClientHome();
    const offers = (...names: readonly string[]) => {
      const lines = names.map((name, index) => `latchkey: {3}${index + 1} {2}${name} .*\\n`);
      return new RegExp(`${lines.join("")}Which one\\? \\[1-2, Enter: none\\]$`);
    };
    const [near, same] = [offers("db-1", "web-1"), offers("twin", "twin")];

    test.each<[string, string, RegExp, readonly string[], RegExp, number]>([
      [
        "is none, if the person just presses Enter",
        "wb-1",
        near,
        ["Enter"],
        /none\] *\nlatchkey: none was picked$/m,
        68,
      ],
      ["is none at the end of input, by Ctrl-D", "wb-1", near, ["C-d"], /none\] *\nlatchkey: none was picked$/m, 68],
      ["is none, if none of the numbers is typed", "wb-1", near, ["3", "Enter"], /^latchkey: none was picked$/m, 68],
      ["is none, if the person leaves by Ctrl-C", "wb-1", near, ["C-c"], /none\] \^C\n/, 130],
      [
        "is the near one that the person picks",
        "wb-1",
        near,
        ["1", "Enter"],
        /none\] 1\nConnection to i-0d0000000000000a1\.us-east-1\.111122223333 closed\.$/m,
        7,
      ],
      [
        "is none of two with exactly that name, if none is picked",
        "twin",
        same,
        ["Enter"],
        /^latchkey: several instances are called twin, and none was picked$/m,
        68,
      ],
      [
        "is the one of two with exactly that name that the person picks",
        "twin",
        same,
        ["2", "Enter"],
        /none\] 2\nConnection to i-0aaaaaaaaaaaaaaa2\.us-east-1\.111122223333 closed\.$/m,
        7,
      ],
    ])("%s", async (_, name, offer, keys, shown, exitCode) => {
      const command = ["latchkey", "ssh", name, "-t", "exit 7"];
      const environment = clientEnvironment({ as: "alice", stack: local.stack, home: home.directory });
      const person = await startOnTerminal(command, environment, home.directory);
      try {
        await person.sees(offer);
        await person.type(...keys);
        expect(await person.exitCode()).toBe(exitCode);
        await person.sees(shown);
      } finally {
        await person.leave();
      }
      expect(privateDirectoriesIn(home.directory)).toEqual([]);
    });
  });
});

describe("a key of the user's own", () => {
  const local = useLocalStack();
  const key = useKeyPair();

  test.each([
    ["--identity", () => `${key.pair.file}.pub`],
    ["--private-key-file", () => key.pair.file],
  ])("logs in by %s", async (option, file) => {
    const result = await runClient(["ssh", "web-1", option, file(), "--", "echo in"], {
      as: "alice",
      stack: local.stack,
    });
    expect(result).toEqual({ stdout: "in\n", stderr: "", exitCode: 0 });
  });

  test.each<[string, (line: string) => string]>([
    ["as ssh-keygen writes it", (line) => line],
    ["in RFC 4716's frame", frameOf],
    ["with a byte order mark", (line) => `\ufeff${line}`],
  ])("logs in by its public file %s, with the private half in the user's agent", async (_, form) => {
    const file = path.join(await makeDirectory(), "key.pub");
    await writeFile(file, form(key.pair.publicKey));
    const command = `ssh-add -q '${key.pair.file}' && latchkey ssh web-1 -i '${file}' -- echo in`;
    const options = { as: "alice", stack: local.stack };
    const result = await runOnClientMachine("ssh-agent", ["sh", "-c", command], options);
    expect(result).toEqual({ stdout: "in\n", stderr: "", exitCode: 0 });
  });
});

describe("after a usage error of ssh, ssh's own words are all that is said", () => {
  const local = useLocalStack();
  const key = useKeyPair();

  test.each([
    ["-o Foo=bar", ["-o", "Foo=bar"], "Bad configuration option"],
    ["-Z", ["--", "-Z"], "usage: ssh"],
    ["-L bad", ["-L", "bad"], "Bad local forwarding specification"],
  ])("%s", async (_, args, says) => {
    const command = ["ssh", "web-1", "--identity", key.pair.file, ...args];
    const { stderr, exitCode } = await runClient(command, { as: "alice", stack: local.stack });
    expect(exitCode).toBe(255);
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^(?:latchkey|hint): /m);
  });
});

describe("programs that are told to run latchkey for ssh", () => {
  const local = useLocalStack();
  const home = useClientHome();

  const withGit = whereIs("git") === undefined ? test.skip : test;
  withGit.each([
    ["as it is", {}, "web-1:made.git"],
    ["as an OpenSSH", { GIT_SSH_VARIANT: "ssh" }, "ubuntu@web-1:made.git"],
  ])("git, by GIT_SSH_COMMAND, %s", async (_, variables, url) => {
    const options = { as: "alice", stack: local.stack, home: home.directory };
    await runClient(["ssh", "web-1", "test -d made.git || git init -q --bare made.git"], options);
    const directory = await mkdtemp(path.join(home.directory, "clone-"));
    const env = { GIT_SSH_COMMAND: "latchkey ssh", ...variables };
    expect(await runOnClientMachine("git", ["clone", "-q", url, directory], { ...options, env })).toMatchObject({
      exitCode: 0,
    });
  });
});

describe("an instance whose host key nobody has vouched for", () => {
  const local = useLocalStack({
    loginTargets: async (all, activeKeys) => ({
      ...(await startLoginTargets(all, activeKeys, await makeDirectory(), true)),
      hostKeys: new Map(),
    }),
  });
  const home = useClientHome();
  const options = () => ({ as: "alice", stack: local.stack, home: home.directory });
  const pinFile = () => path.join(home.directory, ".local/state/latchkey/known_hosts");

  test("is refused without a terminal, by ssh, scp and sftp", async () => {
    for (const args of [
      ["ssh", "web-1", "echo in"],
      ["scp", "web-1:x", "."],
      ["sftp", "web-1"],
    ]) {
      const result = await runClient(args, options());
      expect(result).toMatchObject({ stdout: "", exitCode: 77, stderr: expect.stringContaining("no host key of") });
    }
    expect(existsSync(pinFile())).toBe(false);
  });

  const withTmux = whereIs("tmux") === undefined ? test.skip : test;
  withTmux("is refused at a terminal where the person says no (skipped without tmux)", async () => {
    const command = ["sh", "-c", "latchkey ssh web-1 'echo in'; echo exit=$?; exec sleep 300"];
    const person = await startOnTerminal(command, clientEnvironment(options()), home.directory);
    try {
      await person.sees(/no host key of i-0123456789abcdef0 is known/);
      await person.sees(/Are you sure you want to continue connecting/);
      await person.type("no", "Enter");
      await person.sees(/^exit=255$/m);
    } finally {
      await person.leave();
    }
    expect(existsSync(pinFile()) ? readFileSync(pinFile(), "utf8") : "").toBe("");
  });

  test("is taken by --accept-new-host-key, and from then on no other key is", async () => {
    const first = await runClient(["ssh", "web-1", "--accept-new-host-key", "echo in"], options());
    expect(first).toMatchObject({ stdout: "in\n", exitCode: 0, stderr: expect.stringContaining("taken unseen") });
    expect(await runClient(["ssh", "web-1", "echo in"], options())).toEqual({
      stdout: "in\n",
      stderr: "",
      exitCode: 0,
    });

    const name = "i-0123456789abcdef0.us-east-1.111122223333";
    const pins = await readFile(pinFile(), "utf8");
    expect(pins).toMatch(/^i-0123456789abcdef0\.us-east-1\.111122223333 ssh-ed25519 \S+\n$/);
    await writeFile(pinFile(), `${name} ${makeHostKey().publicKeyLine}\n`);
    for (const args of [
      ["ssh", "web-1", "echo in"],
      ["ssh", "web-1", "--accept-new-host-key", "echo in"],
    ]) {
      const refused = await runClient(args, options());
      expect(refused).toMatchObject({ stdout: "", exitCode: 255 });
      expect(refused.stderr).toContain(
        "latchkey: i-0123456789abcdef0 shows another host key than the one that is known",
      );
      expect(refused.stderr).toContain(`ssh-keygen -R ${name} -f ${pinFile()}`);
    }
  });
});

describe("an instance that needs approval", () => {
  const local = useLocalStack();
  const home = useClientHome();

  test("is refused without a terminal, with the very command to ask", async () => {
    const options = { as: "alice", stack: local.stack, home: home.directory };
    const result = await runClient(["ssh", "prod-1", "--reason", "The disk is full", "--", "true"], options);
    expect(result).toMatchObject({ stdout: "", exitCode: 77 });
    expect(result.stderr).toContain("latchkey request prod-1 --os-user ec2-user --reason 'The disk is full' --wait");
  });

  const withTmux = whereIs("tmux") === undefined ? test.skip : test;
  withTmux("is asked for at a terminal, and connected to when somebody approves (skipped without tmux)", async () => {
    const environment = clientEnvironment({ as: "alice", stack: local.stack, home: home.directory });
    const person = await startOnTerminal(["latchkey", "ssh", "prod-1"], environment, home.directory);
    try {
      await person.sees(/Why do you need access/);
      await person.type("The disk is full", "Enter");
      await person.sees(/For how long/);
      await person.type("Enter");
      const [, id = ""] = await person.sees(/latchkey review (\S+) --approve/);
      expect(await runClient(["review", id, "--approve"], { as: "bob", stack: local.stack })).toMatchObject({
        exitCode: 0,
      });
      await person.sees(/[$#] *\n*$/);
      await person.type("echo =$((40+2)) $LOGNAME", "Enter");
      await person.sees(/^=42 ec2-user$/m);
      await person.type("exit 7", "Enter");
      expect(await person.exitCode()).toBe(7);
    } finally {
      await person.leave();
    }
    expect(privateDirectoriesIn(home.directory)).toEqual([]);
  });
});

describe("a serial console", () => {
  const local = useLocalStack({ serialConsole: true });

  test("is dialled by AWS's own name, with AWS's fingerprint, and no other key is taken", async () => {
    const { stdout, exitCode } = await runClient(["ssh", "web-1", "--connection-type", "serial", "--print"], {
      as: "bob",
      stack: local.stack,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("StrictHostKeyChecking=yes -o UserKnownHostsFile=/dev/null");
    expect(stdout).toContain("known-host SHA256:dXwn5ma/xadVMeBZGEru5l2gx+yI5LDiJaLUcz0FMmw %H %t %K");
    expect(stdout).toContain(`User=${fleet.web1}.port0`);
    expect(stdout.trim()).toMatch(/ serial-console\.ec2-instance-connect\.us-east-1\.aws$/);
  });
});
