import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { onlyReachable, reachableCalls } from "../../../client/mcp/reachable-calls.ts";
import { tools } from "../../../client/mcp/server.ts";
import { routeNames } from "../../../contract/routes.ts";
import type { Call } from "../../../sdk/call.ts";

describe("what an agent can reach of the API", () => {
  test("is to find, explain, ask, wait and connect: nothing that reviews, revokes, cancels, extends or suspends", () => {
    expect([...reachableCalls]).toEqual([
      "createAccessRequest",
      "createConnection",
      "decide",
      "getAccessRequest",
      "getInstance",
      "listAccessRequests",
      "listInstances",
      "whoAmI",
    ]);
  });

  const called: string[] = [];
  const call = onlyReachable((async (name) => {
    called.push(name);
  }) as Call);

  test.each(routeNames.filter((name) => !reachableCalls.some((reachable) => reachable === name)))(
    "%s is refused, and not sent",
    async (name) => {
      await expect(call(name as "whoAmI")).rejects.toThrow(`No tool may call ${name}`);
      expect(called).not.toContain(name);
    },
  );

  test.each(reachableCalls)("%s is sent", async (name) => {
    await call(name as "whoAmI");
    expect(called).toContain(name);
  });
});

describe.each(tools.map((tool) => [tool.name, tool] as const))("the tool %s", (name, tool) => {
  const schema = z.toJSONSchema(tool.input, { io: "input" });

  test("takes nothing that it does not name, and explains each field", () => {
    expect(schema).toMatchObject({ type: "object", additionalProperties: false });
    for (const field of Object.values(schema.properties ?? {})) expect(field).toHaveProperty("description");
    expect(tool.input.safeParse({ instanceId: "i-0a1b2c3d", unknown: 1 }).success).toBe(false);
  });

  test("has no field for somebody else, break-glass, tags of a scope, a review or a way around", () => {
    const fields = Object.keys(schema.properties ?? {});
    const refused = [
      "subject",
      "breakGlass",
      "scope",
      "startsAt",
      "decision",
      "comment",
      "connectionType",
      "publicKey",
    ];
    expect(fields.filter((field) => refused.includes(field))).toEqual([]);
  });

  test("says what it never does, and whether it changes something", () => {
    expect(tool.description).toMatch(/never|Changes nothing/);
    const { readOnlyHint, destructiveHint } = tool.annotations;
    expect(readOnlyHint).toBe(/Changes nothing/.test(tool.description));
    expect(destructiveHint).toBe(name === "run_command");
  });
});
