import { describe, expect, test } from "@jest/globals";
import { type Decision, decision } from "../../contract/decision.ts";
import { keys } from "../fixtures/keys.ts";
import { askForConnection, callApi, fleet } from "../support/api-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

describe("POST /v1/decisions", () => {
  const local = useLocalStack();
  const ask = (as: string, body: object) =>
    callApi(local.stack.url, { method: "POST", path: "/v1/decisions", as, body });

  test.each([
    [
      "alice",
      fleet.prod1,
      {},
      {
        decision: "deny",
        code: "approval-required",
        policies: [],
        requirements: { approvals: 1, reason: true, reviewers: [{ kind: "group", name: "OnCall" }] },
        resolved: { connectionType: "eice", port: 22 },
      },
    ],
    ["alice", fleet.prod1, { osUser: "root" }, { requirements: { approvals: 2, reason: true } }],
    ["alice", fleet.prod1, { osUser: "ubuntu" }, { decision: "deny", code: "access-denied", policies: [] }],
    ["chatbot", fleet.prod1, {}, { decision: "deny", code: "access-denied", policies: [] }],
    ["alice", fleet.old1, {}, { decision: "deny", code: "instance-not-running", policies: ["dev-connect"] }],
    ["alice", fleet.legacy1, { connectionType: "eice" }, { decision: "deny", code: "no-route-to-instance" }],
    ["alice", fleet.web1, { connectionType: "eice" }, { decision: "deny", code: "no-route-to-instance" }],
    ["alice", fleet.web1, { connectionType: "eice", port: 22 }, { decision: "allow", resolved: { port: 22 } }],
    ["alice", fleet.web1, {}, { decision: "allow", policies: ["dev-connect"] }],
    ["chatbot", fleet.web1, {}, { decision: "deny", code: "access-denied" }],
    ["alice", fleet.db1, {}, { decision: "allow", resolved: { connectionType: "eice", host: "10.0.1.20", port: 22 } }],
  ])("tells %s about %s %p", async (as, instanceId, body, expected) => {
    const response = await ask(as, { instanceId, ...body });
    expect(response.status).toBe(200);
    expect(decision.strict().parse(response.body)).toMatchObject(expected);
  });

  test.each([
    ["what nobody may see", "alice", fleet.vault1],
    ["what is not there", "alice", fleet.absent],
    ["what the caller may not see", "carol", fleet.web1],
  ])("does not tell %s", async (_, as, instanceId) => {
    expect(await ask(as, { instanceId })).toMatchObject({ status: 404, body: { code: "instance-not-found" } });
  });

  test("has no side effect: it takes no credentials, pushes nothing and writes nothing", async () => {
    const before = local.stack.records.length;
    for (const instanceId of [fleet.web1, fleet.prod1]) {
      local.stack.log.clear();
      await ask("alice", { instanceId });
      const operations = local.stack.log.calls.map(({ operation }) => operation);
      const ofTable = operations.filter((operation) => !operation.startsWith("Describe"));
      expect(new Set(ofTable)).toEqual(new Set(["BatchGetItem", "Query"]));
    }
    expect(local.stack.records).toHaveLength(before);
  });

  test("returns the verdict that a connection gets, before and after access is given", async () => {
    const publicKey = keys.ed25519;
    const both = async () => {
      const told = await ask("alice", { instanceId: fleet.prod1 });
      const made = await askForConnection(local.stack.url, "alice", fleet.prod1, { publicKey });
      const { decision: said, requirements } = decision.parse(told.body);
      return { said, requirements, status: made.status, required: (made.body as Partial<Decision>).requirements };
    };
    const requirements = { approvals: 1, reason: true, reviewers: [{ kind: "group", name: "OnCall" }] };
    expect(await both()).toEqual({ said: "deny", requirements, status: 403, required: requirements });

    const call = (as: string, path: string, body: object) =>
      callApi(local.stack.url, { method: "POST", path: `/v1/access-requests${path}`, as, body });
    const options = { instanceId: fleet.prod1, osUser: "ec2-user", durationSeconds: 60, reason: "INC-42" };
    const { id } = (await call("alice", "", options)).body as { id: string };
    expect(await both()).toEqual({ said: "deny", requirements, status: 403, required: requirements });
    await call("bob", `/${id}/reviews`, { decision: "approve" });
    expect(await both()).toMatchObject({ said: "allow", status: 201 });
    await call("alice", `/${id}/revoke`, {});
    expect(await both()).toEqual({ said: "deny", requirements, status: 403, required: requirements });
  });
});
