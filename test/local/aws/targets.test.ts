import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { BundleName } from "../../../contract/routes.ts";
import { readSettings } from "../../../lib/settings.ts";
import { CallLog } from "../../../local/aws/call-log.ts";
import { CredentialStore, type Credentials } from "../../../local/aws/credentials.ts";
import { EventBus } from "../../../local/aws/event-bus.ts";
import { functionRole } from "../../../local/aws/roles.ts";
import { type StandIns, startStandIns } from "../../../local/aws/stand-ins.ts";
import { TargetFaults } from "../../../local/aws/target-faults.ts";
import { Fleet } from "../../../local/fleet/fleet.ts";
import { sampleFleets } from "../../../local/fleet/sample-fleet.ts";
import { ActiveKeys } from "../../../local/instances/active-keys.ts";
import { Consoles } from "../../../local/instances/consoles.ts";
import { settings as ownSettings, secondTarget, withTargets } from "../../../local/shared/account.ts";
import { RunningParts } from "../../../local/shared/running-parts.ts";
import { keys } from "../../fixtures/keys.ts";
import { presignUrl, signRequest } from "../../support/sigv4-signer.ts";
import { closePort, listenRaw, portOf } from "../../support/tunnel/raw-server.ts";
import { tryTunnel } from "../../support/tunnel.ts";

const [eu1, eu] = ["i-0e00000000000000e", secondTarget];
const readRole = "arn:aws:iam::444455556666:role/Latchkey-ReadRole";
const pushRole = "arn:aws:iam::444455556666:role/Latchkey-PushRole-eu-west-1";
const settings = withTargets(ownSettings, [eu]);
const inOtherOrganization = readSettings({
  ...settings,
  targets: { ...settings.targets, organization: "o-0000000000" },
});
const world = { clock: () => new Date(), latency: 0, log: new CallLog(), credentials: new CredentialStore() };
type Session = Pick<Credentials, "accessKeyId" | "secretAccessKey" | "sessionToken">;

/** Two targets with the same instance id and address. */
const [own, other] = [sampleFleets()[0], sampleFleets()[1]].map((fleet) => ({
  fleet: fleet ?? new Fleet({ Reservations: [] }),
  activeKeys: new ActiveKeys(world.clock),
  consoles: new Consoles(world.clock),
}));

describe("stand-ins of two targets", () => {
  const parts = new RunningParts();
  const faults = new TargetFaults();
  let standIns: StandIns;
  let elsewhere: StandIns;
  let start: (settings: typeof ownSettings, parts: RunningParts) => Promise<StandIns>;
  beforeAll(async () => {
    const login = await listenRaw((socket) => socket.end("in"));
    parts.keep({ stop: () => closePort(login) });
    const find = () => ({ host: "127.0.0.1", port: portOf(login) });
    const logins = { hostKeys: new Map(), find, stop: async () => {} };
    if (!own || !other) throw new Error("The sample has two targets");
    const targets = [
      { ...own, logins },
      { ...other, logins },
    ];
    const bus = new EventBus();
    start = (settings, parts) => startStandIns(world, settings, { targets, bus, faults }, parts);
    standIns = await start(settings, parts);
    elsewhere = await start(inOtherOrganization, parts);
  });
  afterAll(() => parts.stop());
  beforeEach(() => {
    world.log.clear();
    faults.clear();
  });

  interface Sent {
    readonly to: "sts" | "ec2" | "ec2-instance-connect" | "dynamodb";
    readonly as: Session;
    readonly region: string;
    readonly body: string;
    readonly target?: string;
    readonly of?: StandIns;
  }

  const send = async ({ to, as, region, body, target, of = standIns }: Sent) => {
    const url = `${of.endpoints[`AWS_ENDPOINT_URL_${to.toUpperCase().replaceAll("-", "_")}`]}/`;
    const { accessKeyId, secretAccessKey, sessionToken } = as;
    const own = target === undefined ? {} : { "x-amz-target": target };
    const request = { method: "POST", url, body, accessKeyId, secretAccessKey, sessionToken, headers: own };
    const { host: _, ...headers } = await signRequest({ ...request, service: to, region, now: new Date() });
    const response = await fetch(url, { method: "POST", headers, body });
    return { status: response.status, text: await response.text() };
  };

  const asFunction = (name: BundleName) => world.credentials.issue(functionRole(name, settings));

  const usual = { Action: "AssumeRole", Version: "2011-06-15", RoleSessionName: "alice", ExternalId: "latchkey-local" };
  const named = { ...usual, SourceIdentity: "alice" };

  const assume = (as: Session, input: Readonly<Record<string, string>>, of = standIns) =>
    send({ to: "sts", as, region: "us-east-1", body: `${new URLSearchParams(input)}`, of });

  const assumed = async (as: Session, input: Readonly<Record<string, string>>): Promise<Session> => {
    expect(await assume(as, input)).toMatchObject({ status: 200 });
    const request = world.log.calls.at(-1)?.request as { issued: Session } | undefined;
    if (!request) throw new Error("STS has issued nothing");
    return request.issued;
  };

  describe("a role of a target is not given", () => {
    test.each<[string, BundleName, Readonly<Record<string, string>>]>([
      ["without the external id", "connect", { ...usual, RoleArn: readRole, ExternalId: "" }],
      ["for another external id", "connect", { ...usual, RoleArn: readRole, ExternalId: "other" }],
      ["to a function that reads no instances", "projector", { ...usual, RoleArn: readRole }],
      ["for pushes, to another function than connect", "instances", { ...named, RoleArn: pushRole }],
      ["for pushes, without a source identity", "connect", { ...usual, RoleArn: pushRole }],
      ["for reading, with a source identity, which it does not take", "connect", { ...named, RoleArn: readRole }],
      ["in a region that has none", "connect", { ...named, RoleArn: pushRole.replace("eu-west-1", "us-east-1") }],
      ["in an account that is no target", "connect", { ...usual, RoleArn: readRole.replace("4444", "9999") }],
    ])("%s", async (_, name, input) => {
      const sent = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== ""));
      expect(await assume(asFunction(name), sent)).toMatchObject({ status: 403 });
      expect(world.log.calls).toMatchObject([{ accountId: "111122223333", region: "us-east-1", role: name }]);
    });

    test("to a hub outside of the organization that it trusts", async () => {
      expect(await assume(asFunction("connect"), { ...usual, RoleArn: readRole }, elsewhere)).toMatchObject({
        status: 403,
      });
    });

    test("with a function's permission alone, where the target does not know the function's name", async () => {
      const renamed = world.credentials.issue({
        ...functionRole("connect", settings),
        roleArn: "arn:aws:iam::111122223333:role/Latchkey-ConnectRole-eu-west-1",
      });
      expect(await assume(renamed, { ...usual, RoleArn: readRole })).toMatchObject({ status: 403 });
    });

    test("by its trust alone, to a function without the permission", async () => {
      const unpermitted = world.credentials.issue(functionRole("connect"));
      expect(await assume(unpermitted, { ...usual, RoleArn: readRole })).toMatchObject({ status: 403 });
    });

    test("nor the hub's own push role, to another role than it trusts, although that has the permission", async () => {
      const roleArn = "arn:aws:iam::111122223333:role/Latchkey-InstancesRole-us-east-1";
      const other = world.credentials.issue({ ...functionRole("connect", settings), roleArn });
      const RoleArn = "arn:aws:iam::111122223333:role/latchkey-push";
      expect(await assume(other, { ...named, RoleArn })).toMatchObject({ status: 403 });
    });

    test("for longer than an hour, to a role", async () => {
      const input = { ...usual, RoleArn: readRole, DurationSeconds: "3601" };
      expect(await assume(asFunction("connect"), input)).toMatchObject({ status: 400 });
    });
  });

  const describeInstances = (as: Session, region: string, of = standIns) =>
    send({ to: "ec2", as, region, body: "Action=DescribeInstances&Version=2016-11-15", of });

  const read = () => assumed(asFunction("instances"), { ...usual, RoleArn: readRole });

  describe("instances are those of the role's account, in the region of the signature:", () => {
    test("the hub's, for its own role", async () => {
      const { text } = await describeInstances(asFunction("connect"), "us-east-1");
      expect(text).toContain("web-1");
      expect(text).not.toContain(eu1);
    });

    test("none, for its own role in another region", async () => {
      const { status, text } = await describeInstances(asFunction("connect"), "eu-west-1");
      expect([status, text.includes("<instanceId>")]).toEqual([200, false]);
    });

    test("the target's, for its read role, as the log says", async () => {
      const { text } = await describeInstances(await read(), "eu-west-1");
      expect(text).toContain(`<ownerId>444455556666</ownerId>`);
      expect(text).toContain("<availabilityZone>eu-west-1a</availabilityZone>");
      expect([...text.matchAll(/<instanceId>([^<]*)/g)].map(([, id]) => id)).toEqual([eu1]);
      expect(world.log.calls.at(-1)).toMatchObject({ ...eu, role: "read", operation: "DescribeInstances" });
    });

    test("none, for the read role in a region that is not served", async () => {
      const { status, text } = await describeInstances(await read(), "us-east-1");
      expect([status, text.includes("<instanceId>")]).toEqual([403, false]);
    });
  });

  const push = (as: Session, region: string) =>
    send({
      to: "ec2-instance-connect",
      as,
      region,
      body: JSON.stringify({ InstanceId: eu1, InstanceOSUser: "ec2-user", SSHPublicKey: keys.ed25519 }),
      target: "AWSEC2InstanceConnectService.SendSSHPublicKey",
    });

  describe("a push", () => {
    test("with the read role is refused", async () => {
      expect(await push(await read(), "eu-west-1")).toMatchObject({ status: 403 });
    });

    test("with the target's push role in another region is refused", async () => {
      const session = await assumed(asFunction("connect"), { ...named, RoleArn: pushRole });
      expect(await push(session, "us-east-1")).toMatchObject({ status: 403 });
    });

    test("with the target's push role puts the key there, and on no instance of the same id elsewhere", async () => {
      const session = await assumed(asFunction("connect"), { ...named, RoleArn: pushRole });
      expect(await push(session, "eu-west-1")).toMatchObject({ status: 200 });
      expect(world.log.calls.at(-1)).toMatchObject({ ...eu, role: "push", operation: "SendSSHPublicKey" });
      const caller = "arn:aws:sts::444455556666:assumed-role/Latchkey-PushRole-eu-west-1/alice";
      expect(other?.activeKeys.list(eu1, "ec2-user")).toMatchObject([{ origin: { caller } }]);
      expect(own?.activeKeys.list(eu1, "ec2-user")).toEqual([]);
    });
  });

  describe("a tunnel", () => {
    const [ownEndpoint, endpoint] = ["eice-0123456789abcdef0", "eice-0e00000000000000e"];
    const tunnel = async (as: Session, region: string, id: string, privateIpAddress: string) => {
      const query = { instanceConnectEndpointId: id, remotePort: "22", privateIpAddress, maxTunnelDuration: "60" };
      const origin = standIns.endpoints["AWS_ENDPOINT_URL_OPEN_TUNNEL"]?.replace("ws:", "http:");
      const { accessKeyId, secretAccessKey, sessionToken } = as;
      const url = `${origin}/openTunnel?${new URLSearchParams(query)}`;
      const scope = { service: "ec2-instance-connect", region, now: new Date(), expiresIn: 60 };
      const signed = await presignUrl({ method: "GET", url, accessKeyId, secretAccessKey, sessionToken, ...scope });
      return tryTunnel(signed.replace("http:", "ws:"));
    };
    const ofTarget = () => assumed(asFunction("connect"), { ...named, RoleArn: pushRole });
    const ofHub = () =>
      assumed(asFunction("connect"), { ...named, RoleArn: "arn:aws:iam::111122223333:role/latchkey-push" });

    test.each([
      ["of the hub's session, to the target's endpoint", ofHub, "us-east-1", endpoint, "10.1.0.20", 404],
      ["of the hub's session, signed for the target's region", ofHub, "eu-west-1", endpoint, "10.1.0.20", 403],
      ["of the target's session, to the hub's endpoint", ofTarget, "eu-west-1", ownEndpoint, "10.0.1.20", 404],
      ["of the target's session, signed for the hub's region", ofTarget, "us-east-1", ownEndpoint, "10.0.1.20", 403],
      ["to an address of the hub's network", ofTarget, "eu-west-1", endpoint, "10.0.1.20", 400],
    ])("%s, is refused", async (_, session, region, id, address, status) => {
      expect(await tunnel(await session(), region, id, address)).toMatchObject({ opened: false, status });
    });

    test("of the target's session, to its endpoint, opens", async () => {
      expect(await tunnel(await ofTarget(), "eu-west-1", endpoint, "10.1.0.20")).toEqual({ opened: true });
      expect(world.log.calls.at(-1)).toMatchObject({ ...eu, role: "push", operation: "OpenTunnel", status: 101 });
    });
  });

  test("the hub's table is in the hub's region alone", async () => {
    const call = {
      to: "dynamodb",
      as: asFunction("connect"),
      body: "{}",
      target: "DynamoDB_20120810.GetItem",
    } as const;
    const refused = await send({ ...call, region: "eu-west-1" });
    expect(refused).toMatchObject({ status: 403, text: expect.stringContaining("SignatureDoesNotMatch") });
  });

  describe("a target that", () => {
    test("denies its roles gives none, and the hub's own account still does", async () => {
      faults.set(eu, "deny");
      expect(await assume(asFunction("connect"), { ...usual, RoleArn: readRole })).toMatchObject({ status: 403 });
      expect(await assume(asFunction("connect"), { ...named, RoleArn: pushRole })).toMatchObject({ status: 403 });
      await assumed(asFunction("connect"), { ...named, RoleArn: "arn:aws:iam::111122223333:role/latchkey-push" });
    });

    test("throttles says so in EC2's words, and the hub's own does not", async () => {
      faults.set(eu, "throttle");
      const throttled = { status: 503, text: expect.stringContaining("<Code>RequestLimitExceeded</Code>") };
      expect(await describeInstances(await read(), "eu-west-1")).toMatchObject(throttled);
      expect(await describeInstances(asFunction("connect"), "us-east-1")).toMatchObject({ status: 200 });
    });

    test("hangs never answers, as the log says, and the hub's own does", async () => {
      faults.set(eu, "hang");
      const session = await read();
      const stopped = new RunningParts();
      const hanging = describeInstances(session, "eu-west-1", await start(settings, stopped)).then(
        () => "answered",
        () => "closed",
      );
      expect(await describeInstances(asFunction("connect"), "us-east-1")).toMatchObject({ status: 200 });
      const isLogged = () => world.log.calls.some(({ status }) => status === 0);
      for (let turns = 0; turns < 10_000 && !isLogged(); turns++) await setImmediate();
      expect(world.log.calls.find(({ status }) => status === 0)).toMatchObject({ ...eu, role: "read" });
      expect(await Promise.race([hanging, setImmediate("silent")])).toBe("silent");
      await stopped.stop();
      expect(await hanging).toBe("closed");
    });
  });
});
