import { once } from "node:events";
import { mkdtemp, readdir, readFile, readlink, rm, stat } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { LoginDirectory } from "../../../client/ssh-config/login-directory.ts";

let parent: string;
const servers: Server[] = [];
beforeEach(async () => {
  parent = await mkdtemp(path.join(os.tmpdir(), "lk-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(parent, { recursive: true, force: true });
});

const web1 = () => new LoginDirectory(parent, { user: "ec2-user", host: "web-1.latchkey" });

/** An agent that says its name to every client. */
async function startAgent(name: string): Promise<{ socket: string; stop: () => void }> {
  const server = createServer((client) => {
    client.on("error", () => {});
    client.end(name);
  });
  servers.push(server);
  const socket = path.join(parent, `${name}.sock`);
  server.listen(socket);
  await once(server, "listening");
  return { socket, stop: () => server.close() };
}

/** Whom ssh would talk to. */
async function agentBehind(login: LoginDirectory): Promise<string> {
  const client = createConnection(login.agent);
  let text = "";
  for await (const chunk of client) text += chunk;
  return text;
}

const expiresAt = new Date("2026-03-01T12:01:00.000Z");
const later = (seconds: number) => new Date(expiresAt.getTime() + seconds * 1000);

describe("the agent that ssh finds", () => {
  test("is the last one published", async () => {
    const [one, two] = [await startAgent("one"), await startAgent("two")];
    await web1().publish(one.socket, { expiresAt, id: "1" });
    expect(await agentBehind(web1())).toBe("one");
    await web1().publish(two.socket, { expiresAt: later(1), id: "2" });
    expect(await agentBehind(web1())).toBe("two");
  });

  test("is another's for another user or host", async () => {
    const [one, two] = [await startAgent("one"), await startAgent("two")];
    const root = new LoginDirectory(parent, { user: "root", host: "web-1.latchkey" });
    await web1().publish(one.socket, { expiresAt, id: "1" });
    await root.publish(two.socket, { expiresAt: later(1), id: "2" });
    expect([await agentBehind(web1()), await agentBehind(root)]).toEqual(["one", "two"]);
  });

  test("is the newest that still runs, when the last one goes", async () => {
    const agents = [await startAgent("one"), await startAgent("two"), await startAgent("three")] as const;
    await web1().publish(agents[1].socket, { expiresAt: later(1), id: "2" });
    await web1().publish(agents[0].socket, { expiresAt, id: "1" });
    const last = await web1().publish(agents[2].socket, { expiresAt: later(2), id: "3" });
    expect(await last.withdraw()).toEqual({ hasFellows: true });
    agents[2].stop();
    expect(await agentBehind(web1())).toBe("two");
  });

  test("is not one that was killed, and of that nothing stays", async () => {
    const agents = [await startAgent("one"), await startAgent("two"), await startAgent("three")] as const;
    await web1().publish(agents[0].socket, { expiresAt, id: "1" });
    await web1().publish(agents[1].socket, { expiresAt: later(1), id: "2" });
    const last = await web1().publish(agents[2].socket, { expiresAt: later(2), id: "3" });
    agents[1].stop(); // without a word
    await last.withdraw();
    expect(await agentBehind(web1())).toBe("one");
    const names = await readdir(path.dirname(web1().agent));
    expect(names.filter((name) => name.startsWith("agent-"))).toHaveLength(1);
  });

  test("stays as it is when an older one goes", async () => {
    const [one, two] = [await startAgent("one"), await startAgent("two")];
    const first = await web1().publish(one.socket, { expiresAt, id: "1" });
    await web1().publish(two.socket, { expiresAt: later(1), id: "2" });
    expect(await first.withdraw()).toEqual({ hasFellows: true });
    expect(await agentBehind(web1())).toBe("two");
  });

  test("is missed by nobody when it goes alone", async () => {
    const one = await startAgent("one");
    const only = await web1().publish(one.socket, { expiresAt, id: "1" });
    expect(await only.withdraw()).toEqual({ hasFellows: false });
  });

  test("is always one that runs, however many come and go", async () => {
    const lasting = await startAgent("lasting");
    await web1().publish(lasting.socket, { expiresAt, id: "0" });
    const comeAndGo = async (number: number) => {
      const agent = await startAgent(`agent-${number}`);
      const published = await web1().publish(agent.socket, { expiresAt: later(number), id: `${number}` });
      await published.withdraw();
      return agent;
    };
    let isOver = false;
    const look = async () => {
      while (!isOver) expect(await agentBehind(web1())).toMatch(/^(lasting|agent-)/);
    };
    // As ssh-proxy does, an agent serves on until nobody can still be on the way to it.
    const [agents] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, (_, number) => comeAndGo(number + 1))).finally(() => {
        isOver = true;
      }),
      look(),
    ]);
    for (const { stop } of agents) stop();
    expect(await agentBehind(web1())).toBe("lasting");
    expect(await readlink(web1().agent)).toBe(lasting.socket);
  });
});

describe("known_hosts", () => {
  test("is what was written last, whole, and for the user alone", async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, number) => web1().writeKnownHosts(`* ssh-ed25519 ${`${number}`.repeat(1000)}\n`)),
    );
    const text = await readFile(web1().knownHosts, "utf8");
    expect(text).toMatch(/^\* ssh-ed25519 (\d+)\n$/);
    expect((await stat(web1().knownHosts)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(web1().knownHosts))).mode & 0o777).toBe(0o700);
    expect(await readdir(path.dirname(web1().knownHosts))).toEqual(["known_hosts"]);
  });
});

test.each([
  ["fits", 103, false],
  ["does not fit", 104, true],
])("a path of a socket %s that has %i bytes", (_, length, isTooLong) => {
  const login = (host: string) => new LoginDirectory("/state", { user: "ec2-user", host });
  const host = "w".repeat(length - Buffer.byteLength(login("").agent));
  expect(Buffer.byteLength(login(host).agent)).toBe(length);
  expect(login(host).isTooLong).toBe(isTooLong);
});
