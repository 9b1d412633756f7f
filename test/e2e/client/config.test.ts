import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import path from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { configText } from "../../../client/ssh-config/config-text.ts";
import { namedInstances } from "../../../client/ssh-config/host-names.ts";
import { makeHostKey } from "../../../local/instances/host-key.ts";
import { callApi, fleet } from "../../support/api-client.ts";
import { untilChanged } from "../../support/client/until.ts";
import {
  clientEnvironment,
  type RunOptions,
  runClient,
  runOnClientMachine,
  useClientHome,
} from "../../support/client-process.ts";
import { whereIs } from "../../support/programs.ts";
import { run } from "../../support/ssh-client.ts";
import { useLocalStack } from "../../support/test-stack.ts";

const local = useLocalStack();
const home = useClientHome();
let options: RunOptions & { readonly home: string };
let config: string;

beforeAll(async () => {
  options = { as: "alice", stack: local.stack, home: home.directory };
  config = path.join(home.directory, "config");
  const printed = await runClient(["config"], options);
  expect(printed).toMatchObject({ stderr: "", exitCode: 0 });
  await writeFile(path.join(home.directory, "latchkey.conf"), printed.stdout);
  // As the block says, and with what else a user's configuration may have.
  await writeFile(config, `Include ${path.join(home.directory, "latchkey.conf")}\n`);
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(home.directory, "own-key")]);
  await appendFile(
    config,
    `Host *\n  IdentityFile ${home.directory}/own-key\n  IdentitiesOnly yes\n  ForwardAgent no\n`,
  );
});

const ssh = (...args: readonly string[]) =>
  runOnClientMachine("ssh", ["-F", config, "-o", "BatchMode=yes", ...args], options);

describe("plain ssh, by latchkey config, is refused", () => {
  test("if access has to be asked for, and says by which command", async () => {
    const result = await ssh("prod-1.latchkey", "echo in");
    expect(result).toMatchObject({ stdout: "", exitCode: 255 });
    expect(result.stderr).toMatch(/^latchkey: .*needs 1 approval and a reason/m);
    expect(result.stderr).toMatch(/^hint: .*latchkey --url http:\S+ request prod-1 --os-user ec2-user --reason /m);
  });

  test("as an OS user that policy does not allow", async () => {
    const result = await ssh("root@web-1.latchkey", "echo in");
    expect(result).toMatchObject({ stdout: "", stderr: expect.stringMatching(/^latchkey: /m), exitCode: 255 });
  });

  test("by an instance that shows another host key than the registered one", async () => {
    const keysOf = `/v1/instances/${fleet.legacy1}/host-keys`;
    const register = async (keys: readonly string[]) =>
      callApi(local.stack.url, {
        method: "PUT",
        path: keysOf,
        as: "bob",
        headers: {
          "if-match": (await callApi(local.stack.url, { path: keysOf, as: "bob" })).headers.get("etag") ?? "",
        },
        body: { hostKeys: keys.map((key) => ({ key })) },
      });
    expect(await register([makeHostKey().publicKeyLine])).toMatchObject({ status: 200 });
    try {
      const result = await ssh("legacy-1.latchkey", "echo in");
      expect(result).toMatchObject({ stdout: "", exitCode: 255 });
      const says =
        /^latchkey: \S+ shows another host key[\s\S]*known: .* registered by an operator[\s\S]*^hint: [\s\S]*Host key verification failed/m;
      expect(result.stderr).toMatch(says);
    } finally {
      await register([]);
    }
    expect(await ssh("legacy-1.latchkey", "echo in")).toMatchObject({ stdout: "in\n", exitCode: 0 });
  });
});

test.each([
  ["PubkeyAuthentication no", /pubkeyauthentication (?:no|false)/],
  ["PreferredAuthentications password", /preferredauthentications password/],
])(
  "a configuration with %s before the block is refused, and the proxy names what stands in the way",
  async (line, says) => {
    const bin = path.join(home.directory, "forbidding");
    await mkdir(bin, { recursive: true });
    await writeFile(path.join(bin, "config"), `${line}\nInclude ${home.directory}/latchkey.conf\n`);
    await writeFile(path.join(bin, "ssh"), `#!/bin/sh\nexec ${whereIs("ssh")} -F ${bin}/config "$@"\n`, {
      mode: 0o755,
    });
    const { PATH } = clientEnvironment(options);
    const env = { PATH: `${bin}:${PATH}` };
    const result = await runOnClientMachine("ssh", ["-o", "BatchMode=yes", "web-1.latchkey", "true"], {
      ...options,
      env,
    });
    expect(result.exitCode).toBe(255);
    expect(result.stderr).toMatch(/^latchkey: ssh's configuration stands in the way of the key: /m);
    expect(result.stderr).toMatch(says);
    expect(result.stderr).toMatch(/^hint: .*latchkey --url http:\S+ config --check/m);
  },
);

describe("plain ssh, by latchkey config,", () => {
  test("works twenty times at once, for the same user and host, and leaves no process and no key", async () => {
    const logins = Array.from({ length: 20 }, (_, number) => ssh("web-1.latchkey", `echo in ${number}`));
    expect((await Promise.all(logins)).map(({ stdout, exitCode }) => ({ stdout, exitCode }))).toEqual(
      logins.map((_, number) => ({ stdout: `in ${number}\n`, exitCode: 0 })),
    );
    // Each has ended: the proxies write to the same standard error.
    const files = await readdir(home.directory, { recursive: true });
    expect(files.filter((file) => /latchkey-\d+-|agent-\d+|draft-/.test(file))).toEqual([]);
  });

  test("takes no agent away from another login that still talks to it, however its own ssh ends", async () => {
    const logIn = async (command: string) => {
      const client = spawn("ssh", ["-F", config, "web-1.latchkey", command], {
        env: clientEnvironment(options),
        stdio: ["pipe", "pipe", "ignore"],
      });
      const ended = once(client, "close");
      await once(client.stdout, "data");
      return { client, ended };
    };
    const lasting = await logIn("echo up; exec cat");
    const talkative = await logIn("while :; do echo on and on; done");
    const directory = path.join(home.directory, ".local/state/latchkey/ssh/ec2-user@web-1.latchkey");
    const agent = createConnection(path.join(directory, "agent"));
    await once(agent, "connect");
    const gone = once(agent, "close").then(() => "gone" as const);
    talkative.client.kill("SIGKILL"); // with output on its way that nobody takes any more
    await talkative.ended;
    const published = async () => (await readdir(directory)).filter((name) => name.startsWith("agent-")).length;
    const withdrawn = untilChanged(directory, async () =>
      (await published()) === 1 ? ("withdrawn" as const) : undefined,
    );
    expect(await Promise.race([withdrawn, gone])).toBe("withdrawn");
    for (let question = 0; question < 100; question += 1) {
      agent.write(Buffer.from([0, 0, 0, 1, 11])); // SSH_AGENTC_REQUEST_IDENTITIES
      const reply = await Promise.race([once(agent, "data").then(([data]: Buffer[]) => data?.[4]), gone]);
      expect(reply).toBe(12); // SSH_AGENT_IDENTITIES_ANSWER
    }
    agent.destroy();
    lasting.client.stdin.end();
    await lasting.ended;
  });

  test("still works when the login that was published last has been killed", async () => {
    const lasting = spawn("ssh", ["-F", config, "web-1.latchkey", "echo up; exec sleep 300"], {
      env: clientEnvironment(options),
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = once(lasting, "close");
    await once(lasting.stdout, "data");
    lasting.kill("SIGKILL");
    await ended;
    expect(await ssh("web-1.latchkey", "echo in")).toMatchObject({ stdout: "in\n", exitCode: 0 });
  });

  test("offers the one-time key, and none of the user's agent, which is there for `ssh -A` alone", async () => {
    const login = `ssh -F '${config}' -o BatchMode=yes -v web-1.latchkey true`;
    const command = ["sh", "-c", `ssh-add -q '${home.directory}/own-key' && exec ${login}`];
    const { stderr, exitCode } = await runOnClientMachine("ssh-agent", command, options);
    const willOffer = [...stderr.matchAll(/Will attempt key: (.*) (?:ED25519|RSA) /g)].map(([, name]) => name);
    expect({ willOffer, exitCode }).toEqual({ willOffer: ["latchkey", `${home.directory}/own-key`], exitCode: 0 });
    const offered = [...stderr.matchAll(/Offering public key: (\S+)/g)].map(([, name]) => name);
    expect(offered).toEqual(["latchkey"]);
  });

  test("takes ssh's own options: a forwarded port", async () => {
    const echo = createServer((socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
    const free = createServer().listen(0, "127.0.0.1");
    await Promise.all([once(echo, "listening"), once(free, "listening")]);
    const portOf = (server: typeof echo) => (server.address() as { port: number }).port;
    const port = portOf(free);
    await new Promise((resolve) => free.close(resolve));
    const forwarding = `127.0.0.1:${port}:127.0.0.1:${portOf(echo)}`;
    const client = spawn("ssh", ["-F", config, "-L", forwarding, "db-1.latchkey", "echo up; exec cat"], {
      env: clientEnvironment(options),
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = once(client, "close");
    try {
      await once(client.stdout, "data");
      const socket = createConnection(port, "127.0.0.1");
      socket.end("there and back");
      let text = "";
      for await (const chunk of socket) text += chunk;
      expect(text).toBe("there and back");
    } finally {
      client.stdin.end();
      await ended;
      echo.close();
    }
  });

  test("finds an instance by its id, and one that has come since the block was printed", async () => {
    const file = path.join(home.directory, "latchkey.conf");
    const withoutHosts = (await readFile(file, "utf8")).replace(/^Host .*\n {2}User .*\n/gm, "");
    const later = path.join(home.directory, "later");
    await writeFile(later, withoutHosts);
    const plainly = (host: string) =>
      runOnClientMachine("ssh", ["-F", later, "-o", "BatchMode=yes", host, "echo $LOGNAME"], options);
    const expected = { stdout: "ec2-user\n", exitCode: 0 };
    expect(await plainly("web-1.latchkey")).toMatchObject(expected);
    expect(await plainly(`${fleet.db1}.latchkey`)).toMatchObject(expected);
  });

  test("has what it needs in the block: an editor that runs ssh knows no LATCHKEY_URL", async () => {
    const result = await runOnClientMachine("ssh", ["-F", config, "-o", "BatchMode=yes", "web-1.latchkey", "echo in"], {
      ...options,
      env: { LATCHKEY_URL: undefined },
    });
    expect(result).toMatchObject({ stdout: "in\n", exitCode: 0 });
  });

  test("has another suffix where another is asked for", async () => {
    const file = path.join(home.directory, "staging");
    await writeFile(
      file,
      (await runClient(["config", "--suffix", ".staging", "--command", "latchkey"], options)).stdout,
    );
    const result = await runOnClientMachine(
      "ssh",
      ["-F", file, "-o", "BatchMode=yes", "web-1.staging", "echo in"],
      options,
    );
    expect(result).toMatchObject({ stdout: "in\n", exitCode: 0 });
  });
});

test("ssh reads no option in the name of an instance", async () => {
  const names = [
    "web-1\n  ProxyCommand reboot",
    "*",
    "!web-1",
    'web" ProxyCommand=reboot',
    "web-1\r\nHost *\r\n  ProxyCommand reboot",
    "w".repeat(256),
    "-oProxyCommand=reboot",
  ];
  const at = { accountId: "111122223333", region: "us-east-1" };
  const instances = namedInstances(
    names.map((name, number) => ({ ...at, instanceId: `i-0000000${number}`, name, defaultOsUser: "admin" })),
    () => true,
  );
  const file = path.join(home.directory, "odd");
  const basis = { suffix: ".latchkey", logins: "/logins", self: "latchkey", variables: {}, madeBy: "latchkey config" };
  await writeFile(file, configText({ ...basis, instances }));
  const understood = async (host: string) => {
    const { stdout } = await run("ssh", ["-F", file, "-G", host]);
    return stdout.split("\n").filter((line) => /^(user|proxycommand) /.test(line));
  };
  expect(await understood("example.com")).not.toContainEqual(expect.stringMatching(/proxycommand|admin/));
  expect(await understood("i-00000003.latchkey")).toEqual([
    "user admin",
    "proxycommand latchkey ssh-proxy --logins /logins --suffix .latchkey -- '%n' '%p' '%r'",
  ]);
});
