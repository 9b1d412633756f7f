import { mkdtempSync, rmSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { connection } from "../../../contract/connection.ts";
import { compilePolicies } from "../../../lib/build/compile-policies.ts";
import { Fleet } from "../../../local/fleet/fleet.ts";
import { runClient, runOnClientMachine } from "../../support/client-process.ts";
import { accessTokenIn, makeSigningBrowser } from "../../support/oidc/signing-browser.ts";
import { runSsh, useKeyPair } from "../../support/ssh-client.ts";
import { useLocalStack } from "../../support/test-stack.ts";

/** Staging: entered with one approval, and with two where the data is restricted. */
const staging = `
@id("staging-view")
permit (principal, action == Latchkey::Action::"view", resource)
when {
  principal in [Latchkey::Group::"Engineer", Latchkey::Group::"OnCall"] &&
  resource.hasTag("env") && resource.getTag("env") == "staging"
};
@id("staging-connect")
permit (principal is Latchkey::Person in Latchkey::Group::"Engineer", action == Latchkey::Action::"connect", resource)
when {
  resource.hasTag("env") && resource.getTag("env") == "staging" &&
  context has access && context.access.reason != "" &&
  (context.access.approvals >= 2 ||
   (context.access.approvals >= 1 && !(resource.hasTag("data") && resource.getTag("data") == "restricted")))
};
@id("staging-request")
permit (principal is Latchkey::Person in Latchkey::Group::"Engineer", action == Latchkey::Action::"request", resource)
when { resource.hasTag("env") && resource.getTag("env") == "staging" && !context.breakGlass };
@id("staging-review")
permit (
  principal is Latchkey::Person in Latchkey::Group::"OnCall",
  action in [Latchkey::Action::"review", Latchkey::Action::"revoke"],
  resource
)
when { resource.hasTag("env") && resource.getTag("env") == "staging" };
`;

const names = ["stage-1", "stage-2", "stage-3"] as const;
type Name = (typeof names)[number];
const ids: Readonly<Record<Name, string>> = {
  "stage-1": "i-0aaaaaaaaaaaaaaa1",
  "stage-2": "i-0aaaaaaaaaaaaaaa2",
  "stage-3": "i-0aaaaaaaaaaaaaaa3",
};

const fleet = new Fleet({
  Reservations: names.map((name) => ({
    Instances: [
      {
        InstanceId: ids[name],
        State: { Name: "running" },
        PublicIpAddress: "127.0.0.1",
        Tags: [
          { Key: "Name", Value: name },
          { Key: "env", Value: "staging" },
          ...(name === "stage-3" ? [{ Key: "data", Value: "restricted" }] : []),
        ],
      },
    ],
  })),
});

const directory = mkdtempSync(path.join(os.tmpdir(), "latchkey-test-"));
afterAll(() => rmSync(directory, { recursive: true }));
const policies = path.join(directory, "policies");
await cp("policies", policies, { recursive: true, filter: (file) => !file.endsWith(".ts") });
await writeFile(path.join(policies, "staging.cedar"), staging);

const local = useLocalStack({
  fleets: [fleet],
  openIdProvider: true,
  policies: (settings) => compilePolicies(policies, settings),
});
const key = useKeyPair();
const reason = "Upgrade the kernel";

const required = (approvals: number, accessRequestId?: string) =>
  expect.objectContaining({
    code: "approval-required",
    requirements: expect.objectContaining({
      approvals,
      ...{ reason: true, reviewers: [{ kind: "group", name: "OnCall" }] },
      ...(accessRequestId !== undefined && { accessRequestId }),
    }),
  });

const latchkey = (as: string, ...args: readonly string[]) => runClient(args, { as, stack: local.stack });

/** @returns what a command on the instance prints, or the refusal */
async function logInByTerminal(name: Name): Promise<string> {
  const { stdout, stderr, exitCode } = await latchkey("alice", "ssh", name, "--", "echo in");
  return exitCode === 0 ? stdout : stderr;
}

test("from the terminal: two instances of staging, not the third with a stricter tag, for longer, and after a revoke none", async () => {
  expect(await logInByTerminal("stage-1")).toMatch(/^latchkey: policy requires an active access request/);
  const asked = ["--tag", "env=staging", "-l", "ec2-user", "-d", "4h", "-r", reason];
  const made = await latchkey("alice", "request", ...asked);
  expect(made).toMatchObject({ stdout: expect.stringMatching(/^ar-\S+\n$/), exitCode: 0 });
  const id = made.stdout.trim();
  expect(await latchkey("bob", "requests", "--reviewable")).toMatchObject({
    stdout: expect.stringMatching(new RegExp(`^${id} +pending 0/1 +alice +- +env=staging +ec2-user `, "m")),
  });
  expect(await logInByTerminal("stage-1")).toMatch(/^latchkey: policy requires an active access request/);
  expect(await latchkey("bob", "review", id, "--approve")).toMatchObject({
    stdout: expect.stringMatching(/^approved: alice has access to every instance with env=staging as ec2-user until /),
    stderr: expect.stringContaining(
      "latchkey: alice asks for access as ec2-user to every instance that has all of these tags:\nlatchkey:   | env=staging\n",
    ),
  });
  expect(await logInByTerminal("stage-1")).toBe("in\n");
  expect(await logInByTerminal("stage-2")).toBe("in\n");
  expect(await logInByTerminal("stage-3")).toMatch(
    new RegExp(
      `needs 2 approvals.*\nhint: ${id} needs a further approval; a reviewer runs: latchkey .*review ${id} --approve\n`,
    ),
  );
  expect(await latchkey("alice", "why", "stage-2")).toMatchObject({
    stdout: expect.stringContaining(`\nAccess request ${id} covers it.\nPolicy staging-connect permits it.\n`),
  });
  expect(await latchkey("alice", "why", "stage-3")).toMatchObject({
    stdout: expect.stringContaining(`\nAccess request ${id} covers it, but needs a further approval`),
    exitCode: 77,
  });
  expect(await latchkey("erin", "requests", "--reviewable")).toMatchObject({
    stdout: expect.stringMatching(new RegExp(`^${id} +active, takes reviews +alice +- +env=staging `, "m")),
  });

  const extension = await latchkey("alice", "extend", id, "-d", "1h", "-r", "The reboot is slow");
  expect(extension.stderr).toMatch(
    new RegExp(
      `the extension needs 1 approval until .*; a reviewer runs:\nlatchkey:   latchkey .*review ${id} --approve\n`,
    ),
  );
  expect(await latchkey("alice", "review", id, "--approve")).toMatchObject({
    stderr: expect.stringContaining(
      "latchkey: you cannot review an access request that you made or that gives you access",
    ),
    exitCode: 77,
  });
  expect(await latchkey("bob", "requests", "--reviewable")).toMatchObject({
    stdout: expect.stringMatching(new RegExp(`^${id} +active, extension pending +alice +- +env=staging `, "m")),
  });
  const extended = await latchkey("bob", "review", id, "--approve");
  expect(extended.stderr).toContain(
    "latchkey: alice asks for more time on every instance with env=staging as ec2-user\nlatchkey: for 1h more, from ",
  );
  const hour = (text: string) => Date.parse(/\S+ \S+ UTC/.exec(text)?.[0] ?? "") / 3_600_000;
  expect(hour(extended.stdout) - hour(extension.stdout)).toBe(1);
  expect(await logInByTerminal("stage-1")).toBe("in\n");

  await latchkey("erin", "review", id, "--approve");
  expect(await logInByTerminal("stage-3")).toBe("in\n");

  // By right of one instance that it covers.
  expect(await latchkey("bob", "revoke", id, "--instance", "stage-2")).toMatchObject({ stdout: "revoked\n" });
  for (const name of names) expect(await logInByTerminal(name)).toMatch(/^latchkey: policy requires an active access/);
});

/** Where each person is signed in. */
const homeOf = (person: string) => path.join(directory, person);

describe("by curl", () => {
  beforeAll(async () => {
    const { oidcUrl: url = "", issuer = "" } = local.stack;
    for (const person of ["alice", "bob"]) {
      const home = homeOf(person);
      await mkdir(home);
      const BROWSER = await makeSigningBrowser(home, person);
      await runClient(["login", "--issuer", issuer], { home, stack: { url }, env: { BROWSER } });
    }
  });

  const signed = (as: string) => ["--aws-sigv4", "aws:amz:us-east-1:execute-api", "--user", `${as}:${as}`];
  const withToken = async (as: string) => ["--header", `Authorization: Bearer ${await accessTokenIn(homeOf(as))}`];
  test.each<[door: string, url: () => string | undefined, authentication: (as: string) => unknown]>([
    ["the IAM door", () => local.stack.url, signed],
    ["the OIDC door", () => local.stack.oidcUrl, withToken],
  ])("through %s: the same", async (_, url, authentication) => {
    const post = async (as: string, route: string, body: object): Promise<Readonly<Record<string, unknown>>> => {
      const json = ["--header", "Content-Type: application/json", "--data", JSON.stringify(body)];
      const args = ["--silent", ...((await authentication(as)) as readonly string[]), ...json, `${url()}/v1/${route}`];
      return JSON.parse((await runOnClientMachine("curl", args)).stdout);
    };
    const logIn = async (name: Name): Promise<unknown> => {
      const body = { publicKey: key.pair.publicKey, osUser: "ec2-user" };
      const response = await post("alice", `instances/${ids[name]}/connections`, body);
      if ("code" in response) return response;
      return (await runSsh(connection.parse(response), key.pair, "echo in")).stdout;
    };
    expect(await logIn("stage-1")).toEqual(required(1));
    const asked = { scope: { tags: { env: "staging" } }, osUser: "ec2-user", durationSeconds: 14_400, reason };
    const { id } = await post("alice", "access-requests", asked);
    const approve = (as: string) => post(as, `access-requests/${id}/reviews`, { decision: "approve" });
    expect(await approve("alice")).toMatchObject({ code: "self-review" });
    expect(await approve("bob")).toMatchObject({ status: "active", scope: { tags: { env: "staging" } } });
    expect(await logIn("stage-1")).toBe("in\n");
    expect(await logIn("stage-2")).toBe("in\n");
    expect(await logIn("stage-3")).toEqual(required(2, `${id}`));

    const more = { durationSeconds: 3600, reason: "The reboot is slow" };
    const { expiresAt } = await post("alice", `access-requests/${id}/extensions`, more);
    expect(await approve("alice")).toMatchObject({ code: "self-review" });
    const extended = await approve("bob");
    expect(extended).toMatchObject({ status: "active", extension: { status: "approved" } });
    expect(Date.parse(`${extended["expiresAt"]}`) - Date.parse(`${expiresAt}`)).toBe(3_600_000);
    expect(await logIn("stage-2")).toBe("in\n");

    expect(await post("alice", `access-requests/${id}/revoke`, {})).toMatchObject({ status: "revoked" });
    expect(await logIn("stage-1")).toEqual(required(1));
    expect(await logIn("stage-2")).toEqual(required(1));
  });
});
