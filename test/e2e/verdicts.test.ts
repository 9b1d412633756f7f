import os from "node:os";
import { describe, expect, test } from "@jest/globals";
import { type RouteName, routes } from "../../contract/routes.ts";
import { goodCalls, prepare } from "../support/api-calls.ts";
import { askForConnection, callApi, fleet, makeConnection } from "../support/api-client.ts";
import { runSsh, useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

const machineHasIpv6 = Object.values(os.networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === "::1"),
);

describe("who may do what on the sample fleet", () => {
  const local = useLocalStack();
  const key = useKeyPair();
  const publicKey = () => ({ publicKey: key.pair.publicKey });
  const pushes = () => local.stack.log.calls.filter(({ operation }) => operation === "SendSSHPublicKey").length;

  test.each([
    ["alice may not connect as root", "alice", fleet.web1, { osUser: "root" }, 403, "access-denied"],
    ["alice may see prod-1, but needs an access request", "alice", fleet.prod1, {}, 403, "approval-required"],
    ["as root she needs one too", "alice", fleet.prod1, { osUser: "root" }, 403, "approval-required"],
    ["as another user no access helps her", "alice", fleet.prod1, { osUser: "ubuntu" }, 403, "access-denied"],
    ["bob, who is on call, needs one as well", "bob", fleet.prod1, {}, 403, "approval-required"],
    ["the chatbot sees prod-1, and no access would help it", "chatbot", fleet.prod1, {}, 403, "access-denied"],
    ["the chatbot sees web-1, but is a machine and never connects", "chatbot", fleet.web1, {}, 403, "access-denied"],
    ["carol, a guest, sees nothing", "carol", fleet.web1, {}, 404, "instance-not-found"],
    ["nobody sees vault-1", "alice", fleet.vault1, {}, 404, "instance-not-found"],
    ["an instance that does not exist", "alice", fleet.absent, {}, 404, "instance-not-found"],
    ["old-1 is stopped", "alice", fleet.old1, {}, 409, "instance-not-running"],
    [
      "legacy-1 has no private address for an endpoint to reach",
      "alice",
      fleet.legacy1,
      { connectionType: "eice" },
      409,
      "no-route-to-instance",
    ],
    [
      "an endpoint that is not there",
      "alice",
      fleet.db1,
      { endpointId: "eice-0fedcba9876543210" },
      409,
      "endpoint-unavailable",
    ],
    [
      "an address that is not the instance's",
      "alice",
      fleet.db1,
      { connectionType: "eice", ipAddress: "10.9.9.9" },
      400,
      "invalid-request",
    ],
  ])("%s", async (_, as, instanceId, body, status, code) => {
    const before = { pushes: pushes(), records: local.stack.records.length };
    const response = await askForConnection(local.stack.url, as, instanceId, { ...publicKey(), ...body });
    expect(response).toMatchObject({ status, body: { code, type: `urn:latchkey:problem:${code}`, status } });
    expect(pushes()).toBe(before.pushes);
    const states = local.stack.records
      .slice(before.records)
      .map(({ newImage }) => newImage)
      .filter((image) => /^(?:connection|denial)#/.test(String(image["pk"])));
    const isDenied = status === 403 || status === 404;
    expect(states.map((state) => state["code"])).toEqual(isDenied ? [code] : []);
    if (isDenied) expect(states[0]?.["instanceIds"]).toContain(instanceId);
  });

  test("an instance that nobody may see and an absent one give the same response, except for the request id", async () => {
    for (const path of ["", "/connections"]) {
      const call = (instanceId: string) =>
        callApi(local.stack.url, {
          path: `/v1/instances/${instanceId}${path}`,
          as: "alice",
          ...(path && { method: "POST", body: publicKey() }),
        });
      const [unseen, absent] = [await call(fleet.vault1), await call(fleet.absent)];
      const plain = ({ text, headers }: Awaited<ReturnType<typeof call>>) => {
        const requestId = headers.get("x-request-id") ?? "none";
        const kept = [...headers]
          .filter(([name]) => name !== "date")
          .map(([name, value]) => [name, value.replace(requestId, "ID")]);
        return { text: text.replace(requestId, "ID"), kept };
      };
      expect(unseen.status).toBe(404);
      expect(plain(unseen)).toEqual(plain(absent));
    }
  });

  test("v6-1 is reached over IPv6", async () => {
    if (!machineHasIpv6) return console.warn("This machine has no IPv6: v6-1 is left out");
    const made = await makeConnection(local.stack.url, "alice", fleet.v61, publicKey());
    expect(made).toMatchObject({ connectionType: "direct", host: "::1" });
    expect(await runSsh(made, key.pair, "echo six")).toMatchObject({ code: 0, stdout: "six\n" });
  });

  test("the instance's tag decides the OS user if the caller names none", async () => {
    const response = await callApi(local.stack.url, { path: `/v1/instances/${fleet.web1}`, as: "alice" });
    expect(response.body).toMatchObject({ defaultOsUser: "ec2-user" });
  });

  test("dave and alice, who may do the same, cannot see each other's connection", async () => {
    const alices = await makeConnection(local.stack.url, "alice", fleet.web1, publicKey());
    const daves = await makeConnection(local.stack.url, "dave", fleet.web1, publicKey());
    expect(daves.connectionId).not.toBe(alices.connectionId);
    for (const as of ["dave", "alice"]) {
      for (const { connectionId } of [alices, daves]) {
        const path = `/v1/instances/${fleet.web1}/connections/${connectionId}`;
        expect(await callApi(local.stack.url, { path, as })).toMatchObject({
          status: 404,
          body: { code: "not-found" },
        });
      }
      const seen = await callApi(local.stack.url, { path: `/v1/instances/${fleet.web1}`, as });
      expect(seen.status).toBe(200);
      expect(seen.text).not.toContain(alices.connectionId);
      expect(seen.text).not.toContain(daves.connectionId);
    }
  });

  test("a suspended caller can do nothing by any route, and restored everything as before", async () => {
    const { url } = local.stack;
    const suspension = (method: "PUT" | "DELETE") =>
      callApi(url, { method, path: "/v1/suspensions/dave", as: "bob", body: { reason: "INC-43" } });
    const named = Object.entries(routes).filter(([, { authentication }]) => authentication === "caller");
    const calls = await Promise.all(
      named.map(async ([name]) => {
        const [first] = goodCalls[name as RouteName];
        if (!first) throw new Error(`${name} has no sample`);
        return { name, call: { ...(await prepare(first, url)), as: "dave" } };
      }),
    );
    expect(await suspension("PUT")).toMatchObject({ status: 200, body: { callerId: "dave", isSuspended: true } });
    const before = pushes();
    for (const { name, call } of calls) {
      expect({ name, ...(await callApi(url, call)) }).toMatchObject({
        name,
        status: 403,
        body: { code: "caller-suspended" },
      });
    }
    expect(pushes()).toBe(before);
    expect(await suspension("DELETE")).toMatchObject({ status: 200, body: { isSuspended: false } });
    await makeConnection(url, "dave", fleet.web1, publicKey());
  });
});
