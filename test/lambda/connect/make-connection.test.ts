import { describe, expect, test } from "@jest/globals";
import { type ConnectionRequest, connection } from "../../../contract/connection.ts";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import { OsUserMemory } from "../../../lambda/connect/os-user-memory.ts";
import type { Instance } from "../../../lambda/shared/instance.ts";
import { fingerprints, keys } from "../../fixtures/keys.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { database, web } from "../../support/samples.ts";

const hostKeys = [{ key: keys.rsa2048, source: "registered", observedAt: "2026-01-01T00:00:00.000Z" }] as const;

async function made(world: World = {}, body: Partial<ConnectionRequest> = {}) {
  const fake = fakeConnectPorts(world);
  const input = connectionInput(body, world.instance?.instanceId);
  const response = await makeConnection(fake.ports, connectSettings, input, fake.context);
  return { ...fake, response };
}

describe("the order of calls", () => {
  test("independent calls start together, and the intent is written before the push", async () => {
    const { journal } = await made();
    expect(journal.slice(0, 5)).toEqual([
      "describeInstance",
      "describeEndpoints",
      "readForConnection",
      "readSlots",
      "assumePushRole",
    ]);
    expect(journal.slice(10)).toEqual([
      "writeIntent",
      "writeIntent answered",
      "pushKey",
      "pushKey answered",
      "writeOutcome",
      "writeOutcome answered",
    ]);
  });

  test("through an endpoint, the tunnel's credentials are requested in parallel with the push", async () => {
    const { journal } = await made({ instance: database });
    const afterIntent = journal.slice(journal.indexOf("writeIntent answered") + 1);
    expect(afterIntent.slice(0, 2)).toEqual(["pushKey", "assumePushRole"]);
    expect(afterIntent.slice(-3)).toEqual(["presignTunnelUrl answered", "writeOutcome", "writeOutcome answered"]);
  });
});

describe("the session that pushes is for the OS user of the push", () => {
  const tagged = { ...web, tags: { "latchkey:os-user": "ubuntu" } };
  test.each<[string, World, Partial<ConnectionRequest>, string, number]>([
    ["the stack's default", {}, {}, "ec2-user", 1],
    ["the requested one", {}, { osUser: "admin" }, "admin", 1],
    ["the requested one, even if the tag names another", { instance: tagged }, { osUser: "admin" }, "admin", 1],
    ["the tag's, for which new credentials are requested", { instance: tagged }, {}, "ubuntu", 2],
  ])("%s", async (_, world, body, osUser, assumed) => {
    const { pushes, journal, response } = await made(world, body);
    expect(journal.filter((entry) => entry === "assumePushRole")).toHaveLength(assumed);
    expect(pushes).toEqual([expect.objectContaining({ subject: "alice", osUser, instanceId: web.instanceId })]);
    expect(JSON.parse(pushes[0]?.session ?? "").Statement).toEqual([
      expect.objectContaining({
        Action: "ec2-instance-connect:SendSSHPublicKey",
        Resource: `arn:aws:ec2:us-east-1:111122223333:instance/${web.instanceId}`,
        // It ends at the request's deadline.
        Condition: {
          StringEquals: { "ec2:osuser": osUser },
          DateLessThan: { "aws:CurrentTime": "2026-01-02T03:04:25.678Z" },
        },
      }),
    ]);
    expect(response.user).toBe(osUser);
  });
});

describe("if neither caller nor tag names an OS user, the image does", () => {
  const ofImage: Instance = { ...web, imageId: "ami-1" };
  const usersOf = (sessions: readonly { session: string }[]) =>
    sessions.map(({ session }) => JSON.parse(session).Statement[0].Condition.StringEquals["ec2:osuser"]);

  test("the first time, its name is read and new credentials are requested", async () => {
    const { response, sessions, pushes } = await made({ instance: ofImage, imageName: "ubuntu/images/x" });
    expect(response.user).toBe("ubuntu");
    expect(usersOf(sessions())).toEqual(["ec2-user", "ubuntu"]);
    expect(usersOf(pushes)).toEqual(["ubuntu"]);
  });

  test("the access target is read again in parallel with the credentials, for the actual user", async () => {
    const { journal } = await made({ instance: ofImage, imageName: "ubuntu/images/x" });
    const again = journal.slice(journal.indexOf("readImageNames answered") + 1, journal.indexOf("writeIntent"));
    expect(again.slice(0, 2)).toEqual(["readCurrentAccess", "assumePushRole"]);
    expect(again).toHaveLength(4);
  });

  test("if the guess was right, the access target is not read again", async () => {
    expect((await made({ instance: ofImage })).journal).not.toContain("readCurrentAccess");
  });

  test("the next time the guess is right", async () => {
    const osUsers = new OsUserMemory();
    await made({ instance: ofImage, imageName: "ubuntu/images/x", osUsers });
    const { sessions } = await made({ instance: ofImage, imageName: "ubuntu/images/x", osUsers });
    expect(usersOf(sessions())).toEqual(["ubuntu"]);
  });

  test("an outdated guess decides nothing", async () => {
    const osUsers = new OsUserMemory();
    osUsers.learn(web, "root");
    const { response, pushes } = await made({ instance: ofImage, osUsers });
    expect([response.user, ...usersOf(pushes)]).toEqual(["ec2-user", "ec2-user"]);
  });

  test("the instance with the same id in another target has a guess of its own", () => {
    const osUsers = new OsUserMemory();
    osUsers.learn(web, "root");
    expect([osUsers.guess({ ...web, region: "eu-west-1" }), osUsers.guess(web)]).toEqual([undefined, "root"]);
  });

  test("if the caller names the user, nothing is looked up", async () => {
    const { journal } = await made({ instance: ofImage }, { osUser: "admin" });
    expect(journal).not.toContain("readImageNames");
  });
});

test("only the key is pushed, within five seconds of the intent", async () => {
  const { pushes } = await made({}, { publicKey: `${keys.ed25519} ada@laptop\n` });
  expect(pushes).toMatchObject([{ keyLine: keys.ed25519, pushBy: new Date("2026-01-02T03:04:10.678Z") }]);
});

describe("the response", () => {
  test("warns of a login to Windows, which may fail", async () => {
    const { response } = await made({ instance: { ...web, platform: "windows" } });
    expect(connection.parse(response).warnings).toMatchObject([{ code: "windows" }]);
    expect((await made()).response).not.toHaveProperty("warnings");
  });

  test("has all that the client needs", async () => {
    const { response, written } = await made({ hostKeys });
    expect(connection.parse(response)).toEqual(response);
    expect(response).toMatchObject({
      connectionId: written[0]?.connectionId,
      instanceId: web.instanceId,
      connectionType: "direct",
      host: "203.0.113.10",
      port: 22,
      user: "ec2-user",
      dnsName: "ec2-203-0-113-10.example",
      publicKeyFingerprint: fingerprints.ed25519,
      requestId: "request-1",
      hostKeyAlias: web.instanceId,
      hostKeys: [{ fingerprint: fingerprints.rsa2048, trust: "high" }],
      ssh: { knownHosts: `${web.instanceId} ${keys.rsa2048}\n` },
    });
    expect(response).not.toHaveProperty("tunnel");
  });

  test("counts the expiry from the attempt's start, not from its end", async () => {
    const { response } = await made({
      attemptStart: new Date("2026-01-02T03:04:06.000Z"),
      now: new Date("2026-01-02T03:04:09.000Z"),
    });
    expect(response).toMatchObject({ expiresAt: "2026-01-02T03:05:06.000Z", serverTime: "2026-01-02T03:04:09.000Z" });
  });

  test("comes with log fields, and without the key in them", async () => {
    const { fields, response } = await made();
    expect(fields).toEqual({
      instanceId: web.instanceId,
      publicKeyFingerprint: fingerprints.ed25519,
      osUser: "ec2-user",
      policies: ["connect-permitted"],
      connectionId: response.connectionId,
      connectionType: "direct",
      awsRequestId: "aws-1",
    });
  });
});

test("the response for a connection through an endpoint has its tunnel", async () => {
  const { response } = await made({ instance: database }, { maxTunnelSeconds: 600 });
  expect(connection.parse(response)).toMatchObject({
    connectionType: "eice",
    host: "10.0.1.10",
    tunnel: { url: "wss://endpoint.example/openTunnel?signed", maxDurationSeconds: 600 },
  });
});
