import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { end, review } from "../../../support/access-client.ts";
import { runOnClientMachine, useClientHome } from "../../../support/client-process.ts";
import { readBlocks } from "../../../support/pages.ts";
import { whereIs } from "../../../support/programs.ts";
import { run } from "../../../support/ssh-client.ts";
import { useLocalStack } from "../../../support/test-stack.ts";

const local = useLocalStack();
afterAll(endLogins); // before the home goes
const home = useClientHome();
const example = path.resolve(import.meta.dirname, "../../../../examples/ansible");
const [setUpAndRun = "", askForProduction = "", runOnProduction = ""] = readBlocks(path.join(example, "README.md"));

/** Where the example is, in the client's home. */
const directory = () => path.join(home.directory, "ansible");

/** Runs commands of the README where they are to be run. */
const shell = (commands: string, env: Readonly<Record<string, string>> = {}) =>
  runOnClientMachine("bash", ["-ec", `cd ~/ansible\n${commands}`], {
    as: "alice",
    stack: local.stack,
    home: home.directory,
    env: { ANSIBLE_NOCOLOR: "1", ...env },
  });

/** Where ssh keeps its logins for Ansible. */
const controlDirectories = () => ["~/.ansible/cp", "~/other"].map((name) => name.replace("~", home.directory));

/** Those that Ansible would keep for a minute. */
async function endLogins(): Promise<void> {
  for (const kept of controlDirectories())
    for (const socket of await readdir(kept).catch(() => []))
      await run("ssh", ["-S", path.join(kept, socket), "-O", "exit", "any"]);
}

beforeAll(() => cp(example, directory(), { recursive: true }));

const isInstalled = whereIs("ansible-playbook") !== undefined;
const [describeAnsible, testAnsible] = isInstalled ? [describe, test] : [describe.skip, test.skip];

describeAnsible("Ansible's inventory", () => {
  const inventory = z.object({ _meta: z.object({ hostvars: z.record(z.string(), z.unknown()) }) });

  /** What the inventory makes of a list of instances, and Ansible of that. */
  async function inventoryOf(instances: readonly object[], exitCode = 0) {
    const bin = path.join(home.directory, "stand-in");
    await mkdir(bin, { recursive: true });
    const program = `#!/bin/sh\ncat <<'END'\n${JSON.stringify(instances)}\nEND\nexit ${exitCode}\n`;
    await writeFile(path.join(bin, "latchkey"), program, { mode: 0o755 });
    const result = await shell(`PATH='${bin}':$PATH; ansible-inventory --list`);
    await rm(bin, { recursive: true });
    return result;
  }

  const one = { instanceId: "i-1", name: "web-1", tags: {} };

  test("is an error, and not empty, if instances may be missing", async () => {
    expect(await inventoryOf([one], 69)).toMatchObject({
      stdout: "",
      stderr: expect.stringContaining("Completely failed to parse inventory source"),
      exitCode: 1,
    });
  });

  test.each<[sentence: string, name: string | undefined]>([
    ["is a template", "{{ lookup('pipe', 'id') }}"],
    ["is an option", "-oProxyCommand=x"],
    ["has a space", "web 1"],
    ["ends with a line break", "web-1\n"],
    ["is empty", ""],
    ["is missing", undefined],
  ])("names an instance by its id if its name %s", async (_, name) => {
    const { _meta } = inventory.parse(JSON.parse((await inventoryOf([{ ...one, name }])).stdout));
    expect(_meta.hostvars).toEqual({ "i-1": { ansible_host: "i-1.latchkey" } });
  });

  test("names instances by their ids if they share a name", async () => {
    const { _meta } = inventory.parse(JSON.parse((await inventoryOf([one, { ...one, instanceId: "i-2" }])).stdout));
    expect(Object.keys(_meta.hostvars)).toEqual(["i-1", "i-2"]);
  });

  test("takes groups from two tags alone, and only from plain words", async () => {
    const tags = { env: "{{ x }}", service: "checkout", team: "web", env_prod: "" };
    const groups = JSON.parse((await inventoryOf([{ ...one, tags }])).stdout);
    expect(Object.keys(groups).filter((name) => !["_meta", "all", "ungrouped"].includes(name))).toEqual([
      "service_checkout",
    ]);
  });
});

const recapOf = (output: string) =>
  Object.fromEntries(
    [...output.matchAll(/^(\S+) +: (ok=\d+ +changed=\d+ +unreachable=\d+ +failed=\d+)/gm)].map(([, host, counts]) => [
      host,
      counts?.replace(/ +/g, " "),
    ]),
  );
const hostsOfDev = ["db-1", "eu-1", "legacy-1", "v6-1", "web-1"];
const all = (counts: string) => Object.fromEntries(hostsOfDev.map((host) => [host, counts]));

testAnsible(
  "a playbook changes every instance of dev that it reaches directly, through a tunnel and in another account, once",
  async () => {
    const first = await shell(setUpAndRun);
    expect(first).toMatchObject({ stderr: "", exitCode: 0 });
    expect(recapOf(first.stdout)).toEqual(all("ok=3 changed=1 unreachable=0 failed=0"));
    expect(first.stdout).toContain("load average");
    const again = await shell(setUpAndRun);
    expect(recapOf(again.stdout)).toEqual(all("ok=3 changed=0 unreachable=0 failed=0"));
  },
);

testAnsible("a playbook reaches production only while access that was asked for by tags is approved", async () => {
  const refused = await shell(runOnProduction);
  expect(recapOf(refused.stdout)).toEqual({ "prod-1": "ok=0 changed=0 unreachable=1 failed=0" });
  expect(refused.exitCode).toBe(4);

  const asked = await shell(askForProduction);
  const id = asked.stdout.trim();
  expect(id).toMatch(/^ar-/);
  expect(await review(local.stack.url, "bob", id, "approve")).toMatchObject({ status: 201 });
  const allowed = await shell(runOnProduction);
  expect(recapOf(allowed.stdout)).toEqual({ "prod-1": "ok=3 changed=1 unreachable=0 failed=0" });

  expect(await end(local.stack.url, "alice", id, "revoke")).toMatchObject({ status: 200 });
  // A new login, not the one that Ansible keeps for a minute.
  const ended = await shell(runOnProduction, { ANSIBLE_SSH_CONTROL_PATH_DIR: "~/other" });
  expect(recapOf(ended.stdout)).toEqual({ "prod-1": "ok=0 changed=0 unreachable=1 failed=0" });
});
