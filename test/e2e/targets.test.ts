import { EC2InstanceConnectClient, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { describe as describeInstances, describeNetworks, pushPermissions } from "../../lib/instance-permissions.ts";
import type { Statement } from "../../lib/statements.ts";
import { Fleet } from "../../local/fleet/fleet.ts";
import { sampleFleets } from "../../local/fleet/sample-fleet.ts";
import { secondTarget, settings } from "../../local/shared/account.ts";
import { makeAccessRequest, review } from "../support/access-client.ts";
import { askForConnection, callApi, fleet, makeConnection } from "../support/api-client.ts";
import { requestLines } from "../support/request-lines.ts";
import { roundTripsOf } from "../support/round-trips.ts";
import { runSsh, useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { throughTunnel } from "../support/tunnel.ts";

const far = { accountId: secondTarget.accountId, region: secondTarget.region };
const own = { accountId: "111122223333", region: "us-east-1" };
const nowhere = { accountId: "999999999999", region: "eu-west-1" };

interface AssumedRole {
  readonly RoleArn: string;
  readonly Policy?: string;
  readonly issued: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
}

const farRole = (name: string) => `arn:aws:iam::${far.accountId}:role/Latchkey-${name}`;

describe("an instance of another target", () => {
  const local = useLocalStack();
  const key = useKeyPair();
  const body = (more: object = {}) => ({ publicKey: key.pair.publicKey, ...more });
  const assumed = () =>
    local.stack.log.calls
      .filter(({ operation, role }) => operation === "AssumeRole" && role === "connect")
      .map(({ request }) => request as AssumedRole);

  afterEach(() => local.stack.faults.clear());

  test("logs in through its tunnel, by roles of that target alone", async () => {
    const before = local.stack.log.calls.length;
    const made = await makeConnection(local.stack.url, "alice", fleet.eu1, body(far));
    expect(made).toMatchObject({ ...far, connectionType: "eice" });
    const options = ["-o", "StrictHostKeyChecking=accept-new", ...throughTunnel(made.tunnel?.url ?? "")];
    const result = await runSsh(made, key.pair, "echo from afar", options);
    expect(result).toMatchObject({ code: 0, stdout: "from afar\n" });
    const arns = new Set(assumed().map(({ RoleArn }) => RoleArn));
    expect([...arns].sort()).toEqual([farRole(`PushRole-${far.region}`), farRole("ReadRole")]);
    const calls = local.stack.log.calls.slice(before).filter(({ service }) => service.startsWith("ec2"));
    expect(new Set(calls.map(({ accountId, region }) => `${accountId} ${region}`))).toEqual(
      new Set([`${far.accountId} ${far.region}`]),
    );
  });

  test("takes every call that its roles are granted, and no other", async () => {
    await makeConnection(local.stack.url, "alice", fleet.eu1, body(far));
    const query = new URLSearchParams({ ...far, checks: "true" }).toString();
    await callApi(local.stack.url, { path: `/v1/instances/${fleet.eu1}?${query}`, as: "alice" });
    const used = (isBy: (role: string) => boolean) => {
      const calls = local.stack.log.calls.filter(({ accountId, role }) => accountId === far.accountId && isBy(role));
      return [...new Set(calls.flatMap(({ actions }) => actions.map(({ action }) => action)))].sort();
    };
    const actionsOf = (...statements: readonly Statement[]) => statements.flatMap(({ Action }) => Action).sort();
    const push = pushPermissions({ ...far, account: far.accountId, partition: "aws" }, settings);
    // The URL for it was signed; opening it is another test.
    const opening = "ec2-instance-connect:OpenTunnel";
    expect([...used((role) => role === "push"), opening].sort()).toEqual(actionsOf(...push));
    expect(used((role) => !["push", "inspect", "capture"].includes(role))).toEqual(actionsOf(describeInstances));
    // No security group of the sample fleet has a prefix list.
    expect([...used((role) => role === "inspect"), "ec2:GetManagedPrefixListEntries"].sort()).toEqual(
      actionsOf(describeInstances, describeNetworks),
    );
  });

  test("is pushed to by a session that the other target refuses", async () => {
    await makeConnection(local.stack.url, "alice", fleet.eu1, body(far));
    const credentials = assumed().find(({ Policy }) => Policy?.includes(fleet.eu1))?.issued;
    const endpoint = local.stack.endpoints["AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT"];
    if (!credentials || !endpoint) throw new Error("There was no session for eu-1");
    const push = (region: string, InstanceId: string) => {
      const client = new EC2InstanceConnectClient({ endpoint, region, credentials });
      const SSHPublicKey = key.pair.publicKey.split(" ").slice(0, 2).join(" ");
      return client.send(new SendSSHPublicKeyCommand({ InstanceId, InstanceOSUser: "ec2-user", SSHPublicKey }));
    };
    await expect(push(own.region, fleet.db1)).rejects.toMatchObject({ name: "AuthException" });
    await expect(push(own.region, fleet.eu1)).rejects.toMatchObject({ name: "AuthException" });
    await expect(push(far.region, fleet.eu1)).resolves.toMatchObject({ Success: true });
  });

  test("is described, decided about, and has host keys, if the request names its target", async () => {
    const { url } = local.stack;
    const query = `?accountId=${far.accountId}&region=${far.region}`;
    const instance = await callApi(url, { path: `/v1/instances/${fleet.eu1}${query}`, as: "alice" });
    expect(instance).toMatchObject({ status: 200, body: { instanceId: fleet.eu1, ...far } });
    const decision = { method: "POST", path: "/v1/decisions", as: "alice", body: { instanceId: fleet.eu1, ...far } };
    expect(await callApi(url, decision)).toMatchObject({ status: 200, body: { decision: "allow" } });
    const keys = await callApi(url, { path: `/v1/instances/${fleet.eu1}/host-keys${query}`, as: "bob" });
    expect(keys).toMatchObject({ status: 200, body: { hostKeys: [{ source: "console" }] } });
  });

  test.each([
    ["account alone", { accountId: far.accountId }, "/region"],
    ["region alone", { region: far.region }, "/accountId"],
  ])("is not named by its %s", async (_, named, pointer) => {
    const { url } = local.stack;
    const refusal = { status: 400, body: { errors: [{ pointer, code: "required" }] } };
    expect(await askForConnection(url, "alice", fleet.eu1, body(named))).toMatchObject(refusal);
    const query = new URLSearchParams(named).toString();
    expect(await callApi(url, { path: `/v1/instances/${fleet.eu1}?${query}`, as: "alice" })).toMatchObject(refusal);
  });

  const askedAs = (as: string, instanceId: string, target: Partial<typeof far>) => ({ as, instanceId, target });

  test.each([
    ["an instance that nobody may see", askedAs("alice", fleet.vault1, own)],
    ["one of the far target that the caller may not see", askedAs("carol", fleet.eu1, far)],
    ["an absent id of the far target", askedAs("alice", fleet.absent, far)],
    ["an instance in a target that does not have it", askedAs("alice", fleet.web1, far)],
    ["an instance in a target that is not served", askedAs("alice", fleet.web1, nowhere)],
    ["an absent id", askedAs("alice", fleet.absent, {})],
  ])("gets the 404 of %s, held back like any other", async (_, { as, instanceId, target }) => {
    const response = await askForConnection(local.stack.url, as, instanceId, body(target));
    expect(response).toMatchObject({ status: 404, body: { code: "instance-not-found" } });
    const [line = ""] = await requestLines(local, response.headers.get("x-request-id") ?? "", 1);
    expect((JSON.parse(line) as { Duration: number }).Duration).toBeGreaterThanOrEqual(500);
    const query = new URLSearchParams({ ...target }).toString();
    expect(await callApi(local.stack.url, { path: `/v1/instances/${instanceId}?${query}`, as })).toMatchObject({
      status: 404,
    });
  });

  test("keeps its access, denials and trail apart from those of the same id elsewhere", async () => {
    await askForConnection(local.stack.url, "alice", fleet.eu1, body({ ...far, osUser: "root" }));
    await local.stack.settled();
    const denied = local.stack.busEvents.findLast(({ type }) => type === "latchkey.connection.denied");
    expect(denied?.data).toMatchObject({ ...far, instanceId: fleet.eu1, osUser: "root" });
  });

  describe("that fails", () => {
    const ask = (fault: "throttle" | "deny") => {
      local.stack.faults.set(far, fault);
      return askForConnection(local.stack.url, "alice", fleet.eu1, body(far));
    };

    test("is AWS's fault, and the other target's instances are served", async () => {
      expect(await ask("throttle")).toMatchObject({ status: 503, body: { code: "upstream-unavailable" } });
      expect(await askForConnection(local.stack.url, "alice", fleet.db1, body())).toMatchObject({ status: 201 });
    });

    test("denies its push role, which is AWS's fault too", async () => {
      expect(await ask("deny")).toMatchObject({ status: 502, body: { code: "aws-refused" } });
    });

    test("hides none of the caller's own access requests", async () => {
      const { id } = await makeAccessRequest(local.stack.url, "alice", {
        instanceId: fleet.eu1,
        ...far,
        osUser: "ec2-user",
      });
      local.stack.faults.set(far, "hang");
      const list = await callApi(local.stack.url, { path: "/v1/access-requests", as: "alice" });
      expect(list).toMatchObject({
        status: 200,
        body: { items: expect.arrayContaining([expect.objectContaining({ id })]) },
      });
    });
  });
});

describe("an id", () => {
  const local = useLocalStack({ fleets: withNamesake(fleet.legacy1) });
  const key = useKeyPair();
  const ask = (instanceId: string, target: object = {}, as = "alice") =>
    askForConnection(local.stack.url, as, instanceId, { publicKey: key.pair.publicKey, osUser: "ec2-user", ...target });

  test("that only another target has is found by itself", async () => {
    expect(await ask(fleet.eu1)).toMatchObject({ status: 201, body: far });
  });

  test("that two targets have is absent without them, and only the log names both", async () => {
    const response = await ask(fleet.legacy1);
    expect(response).toMatchObject({ status: 404, body: { code: "instance-not-found" } });
    expect(response.text).not.toContain(far.accountId);
    const [line = ""] = await requestLines(local, response.headers.get("x-request-id") ?? "", 1);
    expect((JSON.parse(line) as { claimedBy: string[] }).claimedBy.sort()).toEqual([
      `${own.accountId}/${own.region}`,
      `${far.accountId}/${far.region}`,
    ]);
    expect(await ask(fleet.legacy1, own)).toMatchObject({ status: 201, body: own });
  });
});

describe("a list of access requests, while a target hangs", () => {
  const local = useLocalStack();
  const list = (as: string, query = "") => callApi(local.stack.url, { path: `/v1/access-requests${query}`, as });

  test("lacks those of others there, and says so to those who could see the instance, and to nobody else", async () => {
    const { url } = local.stack;
    const access = { osUser: "root", reason: "INC-42", durationSeconds: 60 };
    const here = await makeAccessRequest(url, "alice", { ...access, instanceId: fleet.prod1, osUser: "ec2-user" });
    const there = await makeAccessRequest(url, "alice", {
      ...access,
      instanceId: fleet.eu1,
      ...far,
      osUser: "ec2-user",
    });
    local.stack.faults.set(far, "hang");
    const incomplete = [{ ...far, code: "upstream-unavailable" }];
    const ids = (response: { readonly body: unknown }) =>
      (response.body as { items: { id: string }[] }).items.map(({ id }) => id);
    const [bobs, alices, carols] = await Promise.all([list("bob"), list("alice"), list("carol")]);
    expect([ids(bobs), bobs.body as object]).toEqual([[here.id], expect.objectContaining({ incomplete })]);
    expect(ids(alices)).toEqual([there.id, here.id]);
    expect(carols.body).toEqual({ items: [] });
    local.stack.faults.clear();
    expect(ids(await list("bob"))).toEqual([there.id, here.id]);
  });
});

describe("access by tags", () => {
  const local = useLocalStack({ fleets: withTags({ env: "prod" }) });
  const key = useKeyPair();
  const connect = (instanceId: string, target: object) =>
    askForConnection(local.stack.url, "alice", instanceId, {
      publicKey: key.pair.publicKey,
      osUser: "ec2-user",
      ...target,
    });
  const access = async (scope: object) => {
    const { id } = await makeAccessRequest(local.stack.url, "alice", {
      instanceId: undefined,
      scope,
      osUser: "ec2-user",
    });
    expect(await review(local.stack.url, "bob", id, "approve")).toMatchObject({ status: 201 });
  };

  test("covers one target if account and region are named, else every one", async () => {
    await access({ tags: { env: "prod" }, ...own });
    expect(await connect(fleet.prod1, own)).toMatchObject({ status: 201 });
    expect(await connect(fleet.eu1, far)).toMatchObject({ status: 403, body: { code: "approval-required" } });
    await access({ tags: { env: "prod" } });
    expect(await connect(fleet.eu1, far)).toMatchObject({ status: 201 });
  });
});

describe("round trips to another target, each response delayed", () => {
  const local = useLocalStack({ latency: 150 });
  const key = useKeyPair();
  const controlPlane = () =>
    local.stack.log.calls.filter(
      ({ service, role }) => service !== "dynamodb" && ["connect", "push", "read"].includes(role),
    );
  const connect = () => makeConnection(local.stack.url, "alice", fleet.eu1, { publicKey: key.pair.publicKey, ...far });

  // What a function does once.
  beforeAll(async () => {
    const body = { publicKey: key.pair.publicKey, osUser: "ec2-user" };
    while ((await askForConnection(local.stack.url, "alice", fleet.db1, body)).status !== 201);
  });
  beforeEach(() => local.stack.log.clear());

  test("are three until the read role's credentials are known, and two from then on", async () => {
    const counts: number[] = [];
    for (const _ of ["cold", "warm", "warm"]) {
      local.stack.log.clear();
      await connect();
      counts.push(roundTripsOf(controlPlane()).length);
    }
    // The first also reads the name of the target's image.
    expect(counts).toEqual([4, 2, 2]);
  });
});

/** The sample fleets, with an instance of the first in both. */
function withNamesake(instanceId: string): Fleet[] {
  const [first, ...others] = sampleFleets();
  const namesakes = first?.instances.filter(({ InstanceId }) => InstanceId === instanceId) ?? [];
  const changed = others.map(({ target, instances, endpoints, images }) => {
    const Reservations = [{ Instances: [...instances, ...namesakes] }];
    return new Fleet({ Reservations, Images: [...images], InstanceConnectEndpoints: [...endpoints] }, target);
  });
  return [...(first ? [first] : []), ...changed];
}

/** The sample fleets, with eu-1 under other tags. */
function withTags(tags: Readonly<Record<string, string>>): Fleet[] {
  const fleets = sampleFleets();
  const ofFar = fleets.flatMap(({ instances }) => instances).find(({ InstanceId }) => InstanceId === fleet.eu1);
  const changed = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  ofFar?.Tags.splice(0, Number.POSITIVE_INFINITY, ...changed);
  return fleets;
}
