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
  const answer = await makeConnection(fake.ports, connectSettings, input, fake.context);
  return { ...fake, answer };
}

describe("the order of calls", () => {
  test("everything that does not wait for another is asked for at once, and the intent stands before the push", async () => {
    const { journal } = await made();
    expect(journal.slice(0, 4)).toEqual([
      "describeInstance",
      "describeEndpoints",
      "readForConnection",
      "assumePushRole",
    ]);
    expect(journal.slice(8)).toEqual([
      "writeIntent",
      "writeIntent answered",
      "pushKey",
      "pushKey answered",
      "writeOutcome",
      "writeOutcome answered",
    ]);
  });

  test("through an endpoint, the tunnel's credentials are asked for beside the push", async () => {
    const { journal } = await made({ instance: database });
    const secondWave = journal.slice(journal.indexOf("writeIntent answered") + 1);
    expect(secondWave.slice(0, 2)).toEqual(["pushKey", "assumePushRole"]);
    expect(secondWave.slice(-3)).toEqual(["presignTunnelUrl answered", "writeOutcome", "writeOutcome answered"]);
  });
});

describe("the session that pushes is for the user who is pushed for", () => {
  const tagged = { ...web, tags: { "latchkey:os-user": "ubuntu" } };
  test.each<[string, World, Partial<ConnectionRequest>, string, number]>([
    ["the stack's default", {}, {}, "ec2-user", 1],
    ["the one that was asked for", {}, { osUser: "admin" }, "admin", 1],
    ["the one that was asked for, whatever the tag says", { instance: tagged }, { osUser: "admin" }, "admin", 1],
    ["the tag's, for whom credentials are taken again", { instance: tagged }, {}, "ubuntu", 2],
  ])("%s", async (_, world, body, osUser, assumed) => {
    const { pushes, journal, answer } = await made(world, body);
    expect(journal.filter((entry) => entry === "assumePushRole")).toHaveLength(assumed);
    expect(pushes).toEqual([expect.objectContaining({ subject: "alice", osUser, instanceId: web.instanceId })]);
    expect(JSON.parse(pushes[0]?.session ?? "").Statement).toEqual([
      expect.objectContaining({
        Action: "ec2-instance-connect:SendSSHPublicKey",
        Resource: `arn:aws:ec2:us-east-1:111122223333:instance/${web.instanceId}`,
        // Its end is the request's deadline.
        Condition: {
          StringEquals: { "ec2:osuser": osUser },
          DateLessThan: { "aws:CurrentTime": "2026-01-02T03:04:25.678Z" },
        },
      }),
    ]);
    expect(answer.user).toBe(osUser);
  });
});

describe("where neither caller nor tag names a user, the image does", () => {
  const ofImage: Instance = { ...web, imageId: "ami-1" };
  const usersOf = (sessions: readonly { session: string }[]) =>
    sessions.map(({ session }) => JSON.parse(session).Statement[0].Condition.StringEquals["ec2:osuser"]);

  test("the first time its name is asked for, and the credentials are taken again", async () => {
    const { answer, sessions, pushes } = await made({ instance: ofImage, imageName: "ubuntu/images/x" });
    expect(answer.user).toBe("ubuntu");
    expect(usersOf(sessions())).toEqual(["ec2-user", "ubuntu"]);
    expect(usersOf(pushes)).toEqual(["ubuntu"]);
  });

  test("the accessTarget is read again beside the credentials, for the user that it turned out to be", async () => {
    const { journal } = await made({ instance: ofImage, imageName: "ubuntu/images/x" });
    const again = journal.slice(journal.indexOf("readImageNames answered") + 1, journal.indexOf("writeIntent"));
    expect(again.slice(0, 2)).toEqual(["readCurrentAccess", "assumePushRole"]);
    expect(again).toHaveLength(4);
  });

  test("where the guess was right, it is not", async () => {
    expect((await made({ instance: ofImage })).journal).not.toContain("readCurrentAccess");
  });

  test("the next time the guess is right", async () => {
    const osUsers = new OsUserMemory();
    await made({ instance: ofImage, imageName: "ubuntu/images/x", osUsers });
    const { sessions } = await made({ instance: ofImage, imageName: "ubuntu/images/x", osUsers });
    expect(usersOf(sessions())).toEqual(["ubuntu"]);
  });

  test("a guess that is wrong by now decides nothing", async () => {
    const osUsers = new OsUserMemory();
    osUsers.learn(web.instanceId, "root");
    const { answer, pushes } = await made({ instance: ofImage, osUsers });
    expect([answer.user, ...usersOf(pushes)]).toEqual(["ec2-user", "ec2-user"]);
  });

  test("a caller who names the user has nothing looked up", async () => {
    const { journal } = await made({ instance: ofImage }, { osUser: "admin" });
    expect(journal).not.toContain("readImageNames");
  });
});

test("what is pushed is the key alone, within five seconds of the intent", async () => {
  const { pushes } = await made({}, { publicKey: `${keys.ed25519} ada@laptop\n` });
  expect(pushes).toMatchObject([{ keyLine: keys.ed25519, pushBy: new Date("2026-01-02T03:04:10.678Z") }]);
});

describe("the answer", () => {
  test("has everything that the client needs", async () => {
    const { answer, written } = await made({ hostKeys });
    expect(connection.parse(answer)).toEqual(answer);
    expect(answer).toMatchObject({
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
    expect(answer).not.toHaveProperty("tunnel");
  });

  test("counts the expiry from the attempt's start, not from its end", async () => {
    const { answer } = await made({
      attemptStart: new Date("2026-01-02T03:04:06.000Z"),
      now: new Date("2026-01-02T03:04:09.000Z"),
    });
    expect(answer).toMatchObject({ expiresAt: "2026-01-02T03:05:06.000Z", serverTime: "2026-01-02T03:04:09.000Z" });
  });

  test("notes fields for the log, and no key", async () => {
    const { fields, answer } = await made();
    expect(fields).toEqual({
      instanceId: web.instanceId,
      publicKeyFingerprint: fingerprints.ed25519,
      osUser: "ec2-user",
      policies: ["connect-permitted"],
      connectionId: answer.connectionId,
      connectionType: "direct",
      awsRequestId: "aws-1",
    });
  });
});

test("the answer of a connection through an endpoint has its tunnel", async () => {
  const { answer } = await made({ instance: database }, { maxTunnelSeconds: 600 });
  expect(connection.parse(answer)).toMatchObject({
    connectionType: "eice",
    host: "10.0.1.10",
    tunnel: { url: "wss://endpoint.example/openTunnel?signed", maxDurationSeconds: 600 },
  });
});
