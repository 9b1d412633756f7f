import { describe, expect, test } from "@jest/globals";
import { type ConnectionRequest, connection } from "../../../contract/connection.ts";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import { OsUserMemory } from "../../../lambda/connect/os-user-memory.ts";
import type { ConnectSettings } from "../../../lambda/connect/ports.ts";
import { fingerprints, keys } from "../../fixtures/keys.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { activeAccess } from "../../support/fake-access-table.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { unreachable, web } from "../../support/samples.ts";

const user = `${web.instanceId}.port0`;
const host = "serial-console.ec2-instance-connect.us-east-1.aws";
const fingerprint = "SHA256:dXwn5ma/xadVMeBZGEru5l2gx+yI5LDiJaLUcz0FMmw";

interface Asked {
  readonly world?: World;
  readonly body?: Partial<ConnectionRequest>;
  readonly settings?: Partial<ConnectSettings>;
}

/** Requests a connection to the serial console of web-1. */
function ask({ world = {}, body = {}, settings = {} }: Asked) {
  const fake = fakeConnectPorts(world);
  const input = connectionInput({ connectionType: "serial", ...body });
  const connected = () => makeConnection(fake.ports, { ...connectSettings, ...settings }, input, fake.context);
  return { ...fake, connected };
}

async function made(asked: Asked = {}) {
  const fake = ask(asked);
  return { ...fake, response: await fake.connected() };
}

async function refused(asked: Asked) {
  const fake = ask(asked);
  return { ...fake, problem: await problemFrom(fake.connected) };
}

const off = { serialConsole: false };
const denied = fakePolicy({ connect: false });
const stopped = { ...web, state: "stopped" };

describe("no key is pushed to a serial console if", () => {
  const noRoute = (detail: string) => ({ code: "no-route-to-instance", detail });
  test.each<[sentence: string, asked: Asked, problem: object]>([
    ["the instance is absent", { world: { instance: undefined } }, { code: "instance-not-found" }],
    ["the caller may not view it", { world: { policy: fakePolicy({ view: false }) } }, { code: "instance-not-found" }],
    [
      "policy denies, with serial consoles on or off",
      { world: { policy: denied }, settings: off },
      { code: "access-denied" },
    ],
    [
      "policy denies, though the instance is stopped",
      { world: { policy: denied, instance: stopped } },
      { code: "access-denied" },
    ],
    ["the instance is stopped", { world: { instance: stopped } }, { code: "instance-not-running" }],
    ["serial consoles are off", { settings: off }, noRoute("The stack's setting serialConsole is off.")],
    [
      "the region has no serial consoles",
      { world: { instance: { ...web, region: "us-iso-east-1" } } },
      noRoute("AWS publishes no serial console for the instance's region."),
    ],
  ])("%s", async (_, asked, expected) => {
    const { problem, pushes } = await refused(asked);
    expect(problem).toMatchObject(expected);
    expect(pushes).toEqual([]);
  });

  test.each<[field: string, body: Partial<ConnectionRequest>]>([
    ["osUser", { osUser: "ec2-user" }],
    ["osUser", { osUser: user }],
    ["ipAddress", { ipAddress: "203.0.113.10" }],
    ["endpointId", { endpointId: "eice-0123456789abcdef0" }],
    ["port", { port: 22 }],
  ])("%s is given: before AWS is asked anything", async (field, body) => {
    const { problem, journal } = await refused({ body, world: { instance: undefined }, settings: off });
    expect(problem).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer: `/${field}`, code: "not-with-serial" }],
    });
    expect(journal).toEqual([]);
  });
});

describe("an instance that the caller may not view", () => {
  const callsOf = async (world: World) => {
    const { journal, sessions, problem } = await refused({ world });
    return { journal, sessions: sessions(), problem: { ...problem } };
  };

  test("takes the same calls, with the same sessions, as an absent one", async () => {
    const absent = await callsOf({ instance: undefined });
    expect(await callsOf({ policy: fakePolicy({ view: false }) })).toEqual(absent);
    expect(absent.sessions).toHaveLength(1);
  });

  test("has a recorded denial for the user of its console", async () => {
    const { denied } = await refused({ world: { instance: undefined } });
    expect(denied).toMatchObject([{ osUser: user, code: "instance-not-found" }]);
  });
});

describe("the calls", () => {
  test("do not include endpoints and images", async () => {
    const { journal } = await made({ world: { instance: { ...web, imageId: "ami-1" }, imageName: "ubuntu/images/x" } });
    expect(journal.filter((entry) => !entry.endsWith(" answered"))).toEqual([
      "describeInstance",
      "readForConnection",
      "readSlots",
      "assumePushRole",
      "writeIntent",
      "pushKey",
      "writeOutcome",
    ]);
  });

  test("an instance without any address, in a VPC without an endpoint, has a console", async () => {
    const instance = { ...unreachable, instanceId: web.instanceId };
    expect((await made({ world: { instance, endpoints: [] } })).response).toMatchObject({ host });
  });

  test("the session that pushes may push to this console alone, until the request's deadline", async () => {
    const { pushes, sessions } = await made();
    expect(sessions()).toHaveLength(1);
    expect(pushes).toMatchObject([{ subject: "alice", connectionType: "serial", keyLine: keys.ed25519 }]);
    expect(JSON.parse(pushes[0]?.session ?? "").Statement).toEqual([
      {
        Effect: "Allow",
        Action: "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
        Resource: `arn:aws:ec2:us-east-1:111122223333:instance/${web.instanceId}`,
        Condition: { DateLessThan: { "aws:CurrentTime": "2026-01-02T03:04:25.678Z" } },
      },
    ]);
  });

  test("its user is not the guess for the next connection to the instance", async () => {
    const osUsers = new OsUserMemory();
    await made({ world: { osUsers } });
    expect(osUsers.guess(web)).toBeUndefined();
  });

  test("the user learned from the instance is not the guess for its console", async () => {
    const osUsers = new OsUserMemory();
    osUsers.learn(web, "ubuntu");
    expect((await made({ world: { osUsers } })).response.user).toBe(user);
  });
});

describe("the response", () => {
  const hostKeys = [{ key: keys.rsa2048, source: "registered", observedAt: "2026-01-01T00:00:00.000Z" }] as const;

  test("has the host that AWS publishes and its fingerprint, and none of the instance's own host keys", async () => {
    const { response } = await made({ world: { hostKeys, attemptStart: new Date("2026-01-02T03:04:06.000Z") } });
    expect(connection.parse(response)).toEqual(response);
    expect(response).toMatchObject({
      connectionType: "serial",
      host,
      port: 22,
      user,
      publicKeyFingerprint: fingerprints.ed25519,
      expiresAt: "2026-01-02T03:05:06.000Z",
      hostKeyAlias: host,
      hostKeys: [],
      hostKeyFingerprint: fingerprint,
    });
    expect(response).not.toHaveProperty("tunnel");
    expect(response).not.toHaveProperty("dnsName");
  });

  test("gives ssh options that accept no host key without asking", async () => {
    const { ssh } = (await made({ world: { hostKeys } })).response;
    expect(ssh.knownHosts).toBe("");
    expect(ssh.args).toEqual([
      ...["-o", "IdentitiesOnly=yes"],
      ...["-o", `HostKeyAlias=${host}`],
      ...["-o", "StrictHostKeyChecking=yes"],
      ...["-p", "22"],
      `${user}@${host}`,
    ]);
  });

  test("to any other connection type has host keys, and no fingerprint", async () => {
    const { response } = await made({ world: { hostKeys }, body: { connectionType: "direct" } });
    expect(response).toMatchObject({ hostKeyAlias: web.instanceId, hostKeys: [{ key: keys.rsa2048 }] });
    expect(response).not.toHaveProperty("hostKeyFingerprint");
  });
});

describe("the record", () => {
  test("has the serial console in intent and outcome", async () => {
    const { written } = await made();
    const said = { osUser: user, connectionType: "serial", address: host, port: 22 };
    expect(written).toMatchObject([
      { state: { status: "intended", events: [{ type: "latchkey.connection.intended", data: said }] } },
      { state: { status: "pushed", events: [{ type: "latchkey.connection.pushed", data: said }] } },
    ]);
  });

  test("is matched by the log", async () => {
    expect((await made()).fields).toMatchObject({ osUser: user, connectionType: "serial" });
  });
});

describe("an access request for the console's user", () => {
  const policy = fakePolicy({ connect: ({ context }) => context["access"] !== undefined });
  const accessRequests = [activeAccess({ osUser: user })];

  test("does not apply if it is for another OS user", async () => {
    const { problem } = await refused({ world: { policy, accessRequests: [activeAccess()] } });
    expect(problem.code).toBe("approval-required");
  });

  test("does not permit a connection to the instance itself", async () => {
    const { problem } = await refused({ world: { policy, accessRequests }, body: { connectionType: "direct" } });
    expect(problem.code).toBe("approval-required");
  });

  test("permits it", async () => {
    const { response, journal } = await made({ world: { policy, accessRequests } });
    expect(response).toMatchObject({ user, accessRequestId: accessRequests[0]?.id });
    expect(journal.indexOf("reserveAccess")).toBeLessThan(journal.indexOf("writeIntent"));
  });
});
