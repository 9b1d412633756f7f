import { describe, expect, test } from "@jest/globals";
import { decision } from "../../lambda/contract/decision.ts";
import { callApi, fleet } from "../support/api-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

describe("POST /v1/decisions", () => {
  const local = useLocalStack();
  const ask = (as: string, body: object) =>
    callApi(local.stack.url, { method: "POST", path: "/v1/decisions", as, body });

  test.each([
    ["alice", fleet.prod1, {}, { decision: "deny", code: "access-denied", policies: [] }],
    ["alice", fleet.old1, {}, { decision: "deny", code: "instance-not-running", policies: ["dev-connect"] }],
    ["alice", fleet.legacy1, { connectionType: "eice" }, { decision: "deny", code: "no-route-to-instance" }],
    ["alice", fleet.web1, {}, { decision: "allow", policies: ["dev-connect"] }],
    ["chatbot", fleet.web1, {}, { decision: "deny", code: "access-denied" }],
    ["alice", fleet.db1, {}, { decision: "allow", resolved: { connectionType: "eice", host: "10.0.1.20", port: 22 } }],
  ])("tells %s about %s %p", async (as, instanceId, body, expected) => {
    const answer = await ask(as, { instanceId, ...body });
    expect(answer.status).toBe(200);
    expect(decision.strict().parse(answer.body)).toMatchObject(expected);
  });

  test.each([
    ["what nobody may see", "alice", fleet.vault1],
    ["what is not there", "alice", fleet.absent],
    ["what the caller may not see", "carol", fleet.web1],
  ])("does not tell %s", async (_, as, instanceId) => {
    expect(await ask(as, { instanceId })).toMatchObject({ status: 404, body: { code: "instance-not-found" } });
  });

  test("has no side effect: no credentials are taken, nothing is pushed, nothing is written", async () => {
    local.stack.log.clear();
    await ask("alice", { instanceId: fleet.web1 });
    const operations = local.stack.log.calls.map(({ operation }) => operation);
    expect(operations.filter((operation) => !operation.startsWith("Describe"))).toEqual([]);
  });
});
