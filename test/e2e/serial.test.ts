import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { decision } from "../../contract/decision.ts";
import { instance } from "../../contract/instance.ts";
import { keys } from "../fixtures/keys.ts";
import { makeAccessRequest } from "../support/access-client.ts";
import { askForConnection, callApi, fleet, makeConnection } from "../support/api-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

/** What AWS publishes about the region of the local stack. */
const published = z
  .object({ regions: z.object({ "us-east-1": z.object({ host: z.string(), fingerprint: z.string() }) }) })
  .parse(JSON.parse(readFileSync(new URL("../fixtures/serial-console.json", import.meta.url), "utf8")));
const { host, fingerprint } = published.regions["us-east-1"];

const options = { publicKey: keys.ed25519, connectionType: "serial" };
const user = `${fleet.web1}.port0`;

describe("serial consoles, which the stack's settings leave off,", () => {
  const local = useLocalStack();

  test.each([
    ["carol, who does not see web-1", "carol", fleet.web1, 404, "instance-not-found"],
    ["bob, of what is not there", "bob", fleet.absent, 404, "instance-not-found"],
    ["alice, whom policy denies them", "alice", fleet.web1, 403, "access-denied"],
    ["bob, in production", "bob", fleet.prod1, 403, "access-denied"],
    ["bob, of what is stopped", "bob", fleet.old1, 409, "instance-not-running"],
    ["bob, whom policy permits them", "bob", fleet.web1, 409, "no-route-to-instance"],
  ])("are refused to %s", async (_, as, instanceId, status, code) => {
    expect(await askForConnection(local.stack.url, as, instanceId, options)).toMatchObject({ status, body: { code } });
  });

  test("and the response names the setting", async () => {
    const { body } = await askForConnection(local.stack.url, "bob", fleet.web1, options);
    expect(body).toMatchObject({ detail: expect.stringContaining("setting serialConsole is off") });
  });
});

describe("serial consoles, where they are on,", () => {
  const local = useLocalStack({ serialConsole: true, pushTag: { key: "Name", value: "web-1" } });
  afterEach(() => local.stack.log.clear());

  test.each([
    ["carol, who does not see web-1", "carol", fleet.web1, 404, "instance-not-found"],
    ["alice, whom policy denies them", "alice", fleet.web1, 403, "access-denied"],
    ["bob, in production", "bob", fleet.prod1, 403, "access-denied"],
    ["bob, of what is stopped", "bob", fleet.old1, 409, "instance-not-running"],
  ])("are refused to %s, and nothing is pushed", async (_, as, instanceId, status, code) => {
    expect(await askForConnection(local.stack.url, as, instanceId, options)).toMatchObject({ status, body: { code } });
    expect(pushes()).toEqual([]);
  });

  test("are not to be had in production by any approval", async () => {
    const body = { instanceId: fleet.prod1, osUser: `${fleet.prod1}.port0`, durationSeconds: 60, reason: "INC-42" };
    const asked = await callApi(local.stack.url, { method: "POST", path: "/v1/access-requests", as: "bob", body });
    expect(asked).toMatchObject({ status: 403, body: { code: "access-denied" } });
  });

  test("may be asked for in development by who may have them anyway", async () => {
    const asked = { instanceId: fleet.web1, osUser: user };
    expect(await makeAccessRequest(local.stack.url, "bob", asked)).toMatchObject({ status: "active" });
  });

  const pushes = () => local.stack.log.calls.filter(({ operation }) => operation === "SendSerialConsoleSSHPublicKey");
  const grants = () =>
    local.stack.log.calls
      .filter(({ operation }) => operation === "AssumeRole")
      .map(({ request }) => JSON.parse((request as { Policy: string }).Policy).Statement);

  test("are pushed to by a session of the push role for this console alone", async () => {
    await makeConnection(local.stack.url, "bob", fleet.web1, options);
    const action = "ec2-instance-connect:SendSerialConsoleSSHPublicKey";
    const resource = `arn:aws:ec2:us-east-1:111122223333:instance/${fleet.web1}`;
    expect(pushes()).toMatchObject([
      {
        role: "push",
        status: 200,
        request: { InstanceId: fleet.web1, SSHPublicKey: keys.ed25519, SerialPort: 0 },
        actions: [{ action, resource, allowed: true }],
      },
    ]);
    const condition = { DateLessThan: { "aws:CurrentTime": expect.any(String) } };
    expect(grants()).toEqual([[{ Effect: "Allow", Action: action, Resource: resource, Condition: condition }]]);
    expect(local.stack.log.calls.map(({ operation }) => operation)).not.toContain("SendSSHPublicKey");
  });

  test("answer with the host, the user and the fingerprint that AWS publishes", async () => {
    expect(await makeConnection(local.stack.url, "bob", fleet.web1, options)).toMatchObject({
      connectionType: "serial",
      host,
      port: 22,
      user,
      hostKeyAlias: host,
      hostKeys: [],
      hostKeyFingerprint: fingerprint,
      ssh: { args: expect.arrayContaining(["StrictHostKeyChecking=yes", `${user}@${host}`]), knownHosts: "" },
    });
  });

  test("and instances without the tag of the setting pushTag are not-covered-by-push-tag: no push, and decisions and lists say so", async () => {
    const refused = { status: 409, body: { code: "not-covered-by-push-tag", retryable: false } };
    const asked = { publicKey: keys.ed25519, osUser: "ec2-user" };
    expect(await askForConnection(local.stack.url, "bob", fleet.db1, asked)).toMatchObject(refused);
    expect(await askForConnection(local.stack.url, "bob", fleet.legacy1, asked)).toMatchObject(refused);
    const calls = local.stack.log.calls.map(({ operation }) => operation);
    expect(calls).not.toContain("SendSSHPublicKey");

    const decided = await callApi(local.stack.url, {
      method: "POST",
      path: "/v1/decisions",
      as: "bob",
      body: { instanceId: fleet.db1, osUser: "ec2-user" },
    });
    expect(decided.body).toMatchObject({ decision: "deny", code: "not-covered-by-push-tag" });
    const shown = await callApi(local.stack.url, { method: "GET", path: `/v1/instances/${fleet.db1}`, as: "bob" });
    const { connectionOptions } = instance.parse(shown.body);
    expect(connectionOptions.map(({ usable, reason }) => [usable, /does not have the tag/.test(reason ?? "")])).toEqual(
      connectionOptions.map(() => [false, true]),
    );
    expect(await makeConnection(local.stack.url, "bob", fleet.web1, asked)).toMatchObject({ user: "ec2-user" });
  });

  test("are decided upon as they are answered", async () => {
    const ask = (as: string) =>
      callApi(local.stack.url, {
        method: "POST",
        path: "/v1/decisions",
        as,
        body: { instanceId: fleet.web1, connectionType: "serial" },
      });
    const [alice, bob] = [await ask("alice"), await ask("bob")];
    expect(decision.strict().parse(alice.body)).toMatchObject({
      decision: "deny",
      code: "access-denied",
      policies: ["serial-forbidden"],
    });
    expect(decision.strict().parse(bob.body)).toEqual({
      decision: "allow",
      policies: ["serial-connect"],
      resolved: { connectionType: "serial", host, port: 22 },
    });
  });

  test("are repeated under their Idempotency-Key, and not pushed to again", async () => {
    const call = () =>
      callApi(local.stack.url, {
        method: "POST",
        path: `/v1/instances/${fleet.web1}/connections`,
        as: "bob",
        body: options,
        headers: { "idempotency-key": "serial-console-1" },
      });
    const first = await call();
    expect(first).toMatchObject({ status: 201 });
    const second = await call();
    expect(second.body).toEqual({ ...(first.body as object), serverTime: expect.any(String) });
    expect(pushes()).toHaveLength(1);
  });

  test("leave the trail that any connection leaves", async () => {
    const { connectionId } = await makeConnection(local.stack.url, "bob", fleet.web1, options);
    await local.stack.settled();
    const told = local.stack.busEvents.filter(({ subject }) => subject === `connections/${connectionId}`);
    expect(told.map(({ type, data }) => [type, data.osUser, data["connectionType"], data["address"]])).toEqual([
      ["latchkey.connection.intended", user, "serial", host],
      ["latchkey.connection.pushed", user, "serial", host],
    ]);
  });
});
