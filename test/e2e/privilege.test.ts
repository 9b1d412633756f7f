import { EC2InstanceConnectClient, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { type FunctionName, functionNames } from "../../contract/routes.ts";
import { pushPermissions } from "../../lib/instance-permissions.ts";
import { functionPermissions } from "../../lib/permissions.ts";
import { readers } from "../../lib/target-names.ts";
import type { LoggedCall } from "../../local/aws/call-log.ts";
import { places } from "../../local/aws/roles.ts";
import { settings } from "../../local/shared/account.ts";
import { keys } from "../fixtures/keys.ts";
import { makeAccessRequest } from "../support/access-client.ts";
import { callApi, fleet, makeConnection } from "../support/api-client.ts";
import { useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

/** Calls made only after a fault or on a retry. */
const rarelyUsed: Readonly<Partial<Record<FunctionName, readonly string[]>>> = {
  connect: ["dynamodb:GetItem"],
  // The cursor key: the list of instances has already made it.
  audit: ["dynamodb:PutItem"],
  // No security group of the sample fleet has a prefix list.
  inspect: ["ec2:GetManagedPrefixListEntries"],
  // Events that the bus did not accept for a minute.
  sweep: ["events:PutEvents"],
};

interface AssumeRoleRequest {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly SourceIdentity: string;
  readonly Policy: string;
  readonly issued: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
}

describe("what the functions do in AWS, by the log of the stand-ins", () => {
  const local = useLocalStack();
  const key = useKeyPair();
  let calls: readonly LoggedCall[] = [];
  /** The time before the request for a connection to web-1. */
  let connectedAt: Date;

  /** The calls that assume a role that reads another target, and those that assume a push role. */
  const readAssumed = () =>
    assumed().filter(({ request }) => /(?:Read|Inspect|Capture)Role$/.test((request as AssumeRoleRequest).RoleArn));
  const pushAssumed = () => assumed().filter((each) => !readAssumed().includes(each));
  const assumed = () => calls.filter(({ operation }) => operation === "AssumeRole");
  /** The requests to STS for push roles. Its stand-in records them, and what it issued. */
  const sessions = () => pushAssumed().map(({ request }) => request as AssumeRoleRequest);
  const pushSession = () => sessions().find(({ Policy }) => Policy.includes(fleet.web1));

  beforeAll(async () => {
    const { url } = local.stack;
    // A page of one instance has a cursor, and so needs the cursor key.
    for (const path of [
      "/v1/health",
      "/v1/whoami",
      "/v1/instances?limit=1",
      `/v1/instances/${fleet.web1}?checks=true`,
    ]) {
      await callApi(url, { path, as: "alice" });
    }
    connectedAt = new Date();
    await makeConnection(url, "alice", fleet.web1, { publicKey: key.pair.publicKey });
    await makeConnection(url, "dave", fleet.db1, { publicKey: key.pair.publicKey, osUser: "ubuntu" });
    for (const path of ["/v1/access-requests", "/v1/audit-events?limit=1"]) await callApi(url, { path, as: "alice" });
    await callApi(url, { method: "POST", path: "/v1/decisions", as: "alice", body: { instanceId: fleet.web1 } });
    // A connection under an access request, and the expiry of another one.
    await callApi(url, {
      method: "POST",
      path: "/v1/access-requests",
      as: "bob",
      body: {
        instanceId: fleet.prod1,
        osUser: "ec2-user",
        durationSeconds: 3600,
        reason: "the site is down",
        breakGlass: true,
      },
      headers: { "idempotency-key": "00000000-0000-4000-8000-000000000000" },
    });
    await makeConnection(url, "bob", fleet.prod1, { publicKey: key.pair.publicKey });
    const { id } = await makeAccessRequest(url, "alice", { instanceId: fleet.web1, durationSeconds: 1 });
    // A caller other than subject and requester must see the instance.
    await callApi(url, { path: `/v1/access-requests/${id}?wait=5`, as: "erin" });
    await callApi(url, {
      method: "PUT",
      path: `/v1/instances/${fleet.db1}/host-keys`,
      as: "bob",
      body: { hostKeys: [{ key: keys.otherEd25519 }] },
      headers: { "if-none-match": "*" },
    });
    // The sweep looks whether it has ended an open request.
    await callApi(url, { method: "PUT", path: "/v1/suspensions/dave", as: "bob", body: { reason: "INC-43" } });
    await local.stack.sweep();
    // An instance that was stopped is found by its state no more.
    await local.stack.boot(fleet.old1, "");
    await local.stack.settled();
    calls = [...local.stack.log.calls];
  });

  afterEach(() => local.clock.reset());

  test("only connect assumes the push role, and always under a session policy for one request", () => {
    expect(pushAssumed().map(({ role }) => role)).toEqual(["connect", "connect", "connect", "connect", "connect"]);
    const grants = sessions().map(({ Policy }) => JSON.parse(Policy).Statement[0]);
    expect(grants.map(({ Action, Resource }) => `${Action} on ${Resource}`)).toEqual([
      `ec2-instance-connect:SendSSHPublicKey on arn:aws:ec2:us-east-1:111122223333:instance/${fleet.web1}`,
      `ec2-instance-connect:SendSSHPublicKey on arn:aws:ec2:us-east-1:111122223333:instance/${fleet.db1}`,
      "ec2-instance-connect:OpenTunnel on arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/eice-0123456789abcdef0",
      `ec2-instance-connect:SendSSHPublicKey on arn:aws:ec2:us-east-1:111122223333:instance/${fleet.prod1}`,
      "ec2-instance-connect:OpenTunnel on arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/eice-0123456789abcdef0",
    ]);
    for (const { Condition } of grants) expect(Condition).toHaveProperty(["DateLessThan", "aws:CurrentTime"]);
  });

  test("sync and capture each assume their role of the other target, once, as audit does for an event there", () => {
    const roles = readAssumed().map(({ role, request }) => `${role}: ${(request as AssumeRoleRequest).RoleArn}`);
    expect(roles.sort()).toEqual([
      "audit: arn:aws:iam::444455556666:role/Latchkey-ReadRole",
      "capture: arn:aws:iam::444455556666:role/Latchkey-CaptureRole",
      "sync: arn:aws:iam::444455556666:role/Latchkey-ReadRole",
    ]);
  });

  test("the capture role makes every call that it is granted in the other target, and no other", () => {
    const ofFar = calls.filter(({ role, accountId }) => role === "capture" && accountId === "444455556666");
    expect([...new Set(ofFar.flatMap(({ actions }) => actions.map(({ action }) => action)))].sort()).toEqual([
      "ec2:DescribeInstances",
      "ec2:GetConsoleOutput",
    ]);
  });

  test("each session has the name of its person", () => {
    expect(sessions().map(({ RoleSessionName, SourceIdentity }) => [RoleSessionName, SourceIdentity])).toEqual([
      ["alice", "alice"],
      ["dave", "dave"],
      ["dave", "dave"],
      ["bob", "bob"],
      ["bob", "bob"],
    ]);
  });

  test("every push is made with a session of the push role", () => {
    const pushes = calls.filter(({ operation }) => operation === "SendSSHPublicKey");
    expect(pushes.map(({ role }) => role)).toEqual(["push", "push", "push"]);
  });

  test("each role makes every call that it is granted, and no other", () => {
    const used = (role: string) =>
      new Set(calls.filter((call) => call.role === role).flatMap(({ actions }) => actions.map(({ action }) => action)));
    const granted = functionPermissions(places);
    for (const name of functionNames) {
      const actions = new Set(granted[name].flatMap(({ Action }) => Action));
      const unused = [...actions].filter((action) => !used(name).has(action));
      expect([name, unused]).toEqual([name, [...(rarelyUsed[name] ?? [])]]);
      // Those that read instances may assume the read roles of targets too.
      if (readers.some((reader) => reader === name)) actions.add("sts:AssumeRole");
      expect([name, [...used(name)].filter((action) => !actions.has(action))]).toEqual([name, []]);
    }
    const tunnels = calls.some(({ operation }) => operation === "OpenTunnel")
      ? []
      : ["ec2-instance-connect:OpenTunnel"];
    const pushing = pushPermissions(places, settings).flatMap(({ Action }) => Action);
    expect([...used("push"), ...tunnels]).toEqual(pushing);
  });

  describe("credentials recorded from one request", () => {
    const push = async (InstanceId: string, InstanceOSUser: string) => {
      const endpoint = local.stack.endpoints["AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT"];
      const credentials = pushSession()?.issued;
      if (!endpoint || !credentials) throw new Error("There was no session for web-1");
      const client = new EC2InstanceConnectClient({ endpoint, region: "us-east-1", credentials });
      const SSHPublicKey = key.pair.publicKey.split(" ").slice(0, 2).join(" ");
      return client.send(new SendSSHPublicKeyCommand({ InstanceId, InstanceOSUser, SSHPublicKey }));
    };

    test.each([
      ["another instance", fleet.legacy1, "ec2-user"],
      ["another OS user", fleet.web1, "root"],
    ])("push nothing for %s", async (_, instanceId, osUser) => {
      await expect(push(instanceId, osUser)).rejects.toMatchObject({ name: "AuthException" });
    });

    test("push nothing after the request's deadline", async () => {
      // A slow machine may get here after the deadline.
      local.clock.stop(connectedAt);
      await expect(push(fleet.web1, "ec2-user")).resolves.toMatchObject({ Success: true });
      // The first request of a local function may take ten seconds more than its timeout of fifteen.
      local.clock.advance(25);
      await expect(push(fleet.web1, "ec2-user")).rejects.toMatchObject({ name: "AuthException" });
    });
  });
});
