import { afterEach, describe, expect, test } from "@jest/globals";
import { fleet } from "../../support/api-client.ts";
import { type Person, startOnTerminal } from "../../support/client/tmux.ts";
import { clientEnvironment, runClient, useClientHome } from "../../support/client-process.ts";
import { whereIs } from "../../support/programs.ts";
import { useLocalStack } from "../../support/test-stack.ts";

const local = useLocalStack();
const home = useClientHome();

const latchkey = (as: string, ...args: readonly string[]) => runClient(args, { as, stack: local.stack });

/** The access requests that are open for alice. */
async function openRequests(): Promise<readonly { id: string; status: string }[]> {
  const { stdout } = await latchkey("alice", "requests", "--mine", "--json");
  const all = JSON.parse(stdout) as readonly { id: string; status: string }[];
  return all.filter(({ status }) => status === "pending" || status === "active");
}

let person: Person | undefined;
afterEach(async () => {
  await person?.leave();
  person = undefined;
  for (const { id, status } of await openRequests()) {
    await latchkey("alice", status === "pending" ? "cancel" : "revoke", id);
  }
});

/** Alice at a terminal, who is refused, says why she needs access, and waits. @returns the request's id, off her screen. */
async function aliceAsks(reason: string, duration = ""): Promise<readonly [Person, id: string]> {
  const environment = clientEnvironment({ as: "alice", stack: local.stack, home: home.directory });
  const alice = await startOnTerminal(["latchkey", "ssh", "prod-1"], environment, home.directory);
  person = alice;
  await alice.sees(/prod-1 as ec2-user needs 1 approval and a reason\nWhy do you need access\? \(Enter: not now\)/);
  await alice.type("-l", reason);
  await alice.type("Enter");
  await alice.sees(/For how long\? \[1h\]/);
  await alice.type(...(duration === "" ? [] : [duration]), "Enter");
  const [, id = ""] = await alice.sees(/latchkey review (ar-[0-9a-f]{32}-[0-9a-f]{12}) --approve/);
  await alice.sees(/^Waiting for 1 approval \(\d+s; expires in (1h|\d+m(\d+s)?)\)$/m);
  return [alice, id];
}

const withTmux = whereIs("tmux") === undefined ? describe.skip : describe;

withTmux("latchkey ssh, where access has to be asked for (skipped without tmux),", () => {
  test("asks for nothing where the user does not want to", async () => {
    const environment = clientEnvironment({ as: "alice", stack: local.stack, home: home.directory });
    person = await startOnTerminal(["latchkey", "ssh", "prod-1"], environment, home.directory);
    await person.sees(/not now\)/);
    await person.type("Enter");
    await person.sees(/latchkey: nothing was asked for/);
    expect(await person.exitCode()).toBe(77);
    expect(await openRequests()).toEqual([]);
  });

  test("ends when a reviewer denies, with their comment", async () => {
    const [alice, id] = await aliceAsks("The disk is full");
    expect(await latchkey("bob", "review", id, "--deny", "--comment", "Not on a Friday")).toMatchObject({
      exitCode: 0,
    });
    await alice.sees(/latchkey: the request was denied by bob: "Not on a Friday"/);
    expect(await alice.exitCode()).toBe(77);
  });

  test("takes the request back by Ctrl-C", async () => {
    const [alice, id] = await aliceAsks("The disk is full");
    await alice.type("C-c");
    await alice.sees(/latchkey: the request is cancelled/);
    expect(await alice.exitCode()).toBe(130);
    const { stdout } = await latchkey("alice", "requests", "--status", "cancelled", "--json");
    expect(JSON.parse(stdout)).toMatchObject([{ id }]);
  });

  test("leaves a request that was there before, and goes on waiting for it", async () => {
    const asked = await latchkey("alice", "request", "prod-1", "--reason", "Asked before");
    const [alice, id] = await aliceAsks("Asked again");
    expect(asked.stdout).toBe(`${id}\n`);
    await alice.sees(/this was asked for already at /);
    await alice.type("C-c");
    await alice.sees(/the request existed before and stays pending/);
    expect(await alice.exitCode()).toBe(130);
    expect(await openRequests()).toMatchObject([{ id, status: "pending" }]);
  });

  test("asks for a reason and a time, waits, and logs in once a reviewer has approved", async () => {
    const [alice, id] = await aliceAsks("The disk is full", "30m");
    const reviewed = await latchkey("bob", "review", id, "--approve");
    expect(reviewed).toMatchObject({
      stdout: expect.stringMatching(`^approved: alice has access to ${fleet.prod1} as ec2-user until `),
      stderr: expect.stringContaining('latchkey: reason:\nlatchkey:   | "The disk is full"\n'),
      exitCode: 0,
    });
    await alice.sees(/[$#] *\n*$/);
    await alice.type("echo =$((40+2)) $LOGNAME; exit 7", "Enter");
    await alice.sees(/^=42 ec2-user$/m);
    expect(await alice.exitCode()).toBe(7);
    expect(await openRequests()).toMatchObject([{ id, status: "active" }]);
  });
});

describe("without a terminal", () => {
  test("latchkey ssh asks nobody: it says which command asks for access", async () => {
    const result = await latchkey("alice", "ssh", "prod-1", "--", "echo in");
    expect(result).toMatchObject({ stdout: "", exitCode: 77 });
    expect(result.stderr).toMatch(/^hint: .*latchkey request prod-1 --os-user ec2-user --reason /m);
    expect(await openRequests()).toEqual([]);
  });

  test("latchkey request --wait ends when access is given", async () => {
    const waiting = latchkey("alice", "request", "prod-1", "--reason", "Deploy", "--wait");
    const reviewable = async (): Promise<string> => {
      for (;;) {
        const { stdout } = await latchkey("bob", "requests", "--reviewable", "--json");
        const [request] = JSON.parse(stdout) as readonly { id: string }[];
        if (request !== undefined) return request.id;
      }
    };
    const id = await reviewable();
    await latchkey("bob", "review", id, "--approve");
    const { stdout, stderr, exitCode } = await waiting;
    expect({ stdout, exitCode }).toEqual({ stdout: `${id}\n`, exitCode: 0 });
    expect(stderr).toMatch(/^latchkey: Waiting for 1 approval$/m);
    expect(await latchkey("alice", "ssh", "prod-1", "--", "echo in")).toMatchObject({ stdout: "in\n", exitCode: 0 });
  });
});
