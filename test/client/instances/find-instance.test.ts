import { describe, expect, test } from "@jest/globals";
import { findInstance } from "../../../client/instances/find-instance.ts";
import { webInstance } from "../../support/client/sample-responses.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

const first = { ...webInstance, instanceId: "i-0a1b2c3d" };
const second = { ...webInstance, instanceId: "i-0123456789abcdef0", state: "stopped" };
const both = { items: [first, second] };

const asked = (query: object) => ({
  name: "listInstances",
  input: { limit: 100, cursor: undefined, ...query },
});

describe("no instance is found, exit code 68,", () => {
  test.each([
    ["by a name that none has", "web-9", "latchkey instances lists those that you may see"],
    ["by what is nearly an id", "i-0123456789ABCDEF0", "an instance's id is i- and 8 or 17 lower-case hex digits"],
  ])("%s", async (_, name, hint) => {
    const { context } = scriptedWorld({ responses: [{ items: [] }] });
    await expect(findInstance(context, name)).rejects.toMatchObject({
      message: `there is no instance ${name}, or you may not see it`,
      hint,
      exitCode: 68,
    });
  });
  test("by a name with a control character, which is made visible", async () => {
    const { context } = scriptedWorld({ responses: [{ items: [] }] });
    await expect(findInstance(context, "\u001b[2J")).rejects.toMatchObject({
      message: expect.stringContaining("\\u{1b}[2J"),
    });
  });
  test("by a name that several have, without a terminal: they are listed", async () => {
    const { context, shown } = scriptedWorld({ responses: [both] });
    await expect(findInstance(context, "web-1")).rejects.toMatchObject({
      message: "several instances are named web-1, and none was picked",
      hint: "say it by its id",
      exitCode: 68,
    });
    expect(shown).toEqual([
      "note: 2 instances are named web-1:",
      "note:      NAME   ID                   STATE    REACHED BY           OS USER",
      "note:   1  web-1  i-0a1b2c3d           running  direct 203.0.113.10  ec2-user",
      "note:   2  web-1  i-0123456789abcdef0  stopped  -                    ec2-user",
    ]);
  });
  test.each(["", "3", "0", "-1", "1x", undefined])(
    "by a name that several have, where %j is picked",
    async (answer) => {
      const { context } = scriptedWorld({ responses: [both], typed: answer === undefined ? [] : [answer] });
      await expect(findInstance(context, "web-1")).rejects.toMatchObject({ exitCode: 68 });
    },
  );
});

describe("an instance is found", () => {
  test.each(["i-0123456789abcdef0", "i-0a1b2c3d"])("by its id %s without a call", async (instanceId) => {
    const { context, calls } = scriptedWorld({});
    expect(await findInstance(context, instanceId)).toEqual({ instanceId });
    expect(calls).toEqual([]);
  });
  test("by its name", async () => {
    const { context, calls } = scriptedWorld({ responses: [{ items: [first] }] });
    expect(await findInstance(context, "web-1")).toEqual({ instanceId: "i-0a1b2c3d", name: "web-1" });
    expect(calls).toEqual([asked({ name: "web-1" })]);
  });
  test("on the second page, where the first is empty", async () => {
    const { context, calls } = scriptedWorld({ responses: [{ items: [], nextCursor: "c" }, { items: [first] }] });
    expect(await findInstance(context, "web-1")).toMatchObject({ instanceId: "i-0a1b2c3d" });
    expect(calls[1]).toEqual(asked({ name: "web-1", cursor: "c" }));
  });
  test("by the number that is picked", async () => {
    const { context, shown } = scriptedWorld({ responses: [both], typed: [" 2 "] });
    expect(await findInstance(context, "web-1")).toEqual({ instanceId: "i-0123456789abcdef0", name: "web-1" });
    expect(shown.at(-1)).toBe("ask: Which one? [1-2]");
  });
});
