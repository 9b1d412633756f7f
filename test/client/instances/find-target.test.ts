import { describe, expect, test } from "@jest/globals";
import { findTarget } from "../../../client/instances/find-target.ts";
import { webInstance } from "../../support/client/sample-responses.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

const first = { ...webInstance, instanceId: "i-0a1b2c3d" };
const second = { ...webInstance, instanceId: "i-0123456789abcdef0", state: "stopped" };
const replaced = { ...webInstance, instanceId: "i-0570000000000000c", state: "terminated" };
const named = (name: string) => ({ ...webInstance, instanceId: "i-0d0000000000000a1", name });
const page = (...items: readonly object[]) => ({ items });
const none = page();

const asked = (query: object) => ({ name: "listInstances", input: { limit: 100, cursor: undefined, ...query } });
const at = { accountId: "111122223333", region: "us-east-1" };
const place = "@111122223333/us-east-1";
const far = { accountId: "444455556666", region: "eu-west-1" };
const find = (context: Parameters<typeof findTarget>[0], instance: string) =>
  findTarget(context, { instance, requested: {} });

describe("no instance is found, exit code 68,", () => {
  test.each([
    ["by a name that none has", "web-9", "latchkey instances lists those that you may see"],
    ["by what is nearly an id", "i-0123456789ABCDEF0", "an instance's id is i- and 8 or 17 lower-case hex digits"],
  ])("%s", async (_, name, hint) => {
    const { context } = scriptedWorld({ responses: [none, none, none] });
    await expect(find(context, name)).rejects.toMatchObject({
      message: `there is no instance ${name}, or you may not see it`,
      hint,
      exitCode: 68,
    });
  });
  test("by a name with a control character, which is made visible", async () => {
    const { context } = scriptedWorld({ responses: [none, none, none] });
    await expect(find(context, "\u001b[2J")).rejects.toMatchObject({
      message: expect.stringContaining("\\u{1b}[2J"),
    });
  });
  test("by the name of an instance that is terminated: nothing else is offered for it", async () => {
    const { context, calls } = scriptedWorld({ responses: [page(replaced)], typed: [] });
    await expect(find(context, "web-1")).rejects.toMatchObject({
      message: "the instance web-1 is terminated: i-0570000000000000c",
      exitCode: 68,
    });
    expect(calls).toHaveLength(1);
  });
  test("by a name that several have, without a terminal: they are listed", async () => {
    const { context, shown } = scriptedWorld({ responses: [page(first, second)] });
    await expect(find(context, "web-1")).rejects.toMatchObject({
      message: "several instances are called web-1, and none was picked",
      hint: `write i-0a1b2c3d${place} or i-0123456789abcdef0${place}`,
      exitCode: 68,
    });
    expect(shown).toEqual([
      "note: 2 instances are called web-1:",
      "note:      NAME   ID                   STATE    REACHED BY           OS USER",
      "note:   1  web-1  i-0a1b2c3d           running  direct 203.0.113.10  ec2-user",
      "note:   2  web-1  i-0123456789abcdef0  stopped  -                    ec2-user",
    ]);
  });
  test("by a name that several targets have, without a terminal: what to write is said", async () => {
    const other = { ...second, ...far };
    const { context, shown } = scriptedWorld({ responses: [page(first, other)] });
    await expect(find(context, "web-1")).rejects.toMatchObject({
      hint: "write web-1@111122223333/us-east-1 or web-1@444455556666/eu-west-1",
      exitCode: 68,
    });
    expect(shown.slice(1)).toEqual([
      "note:      NAME   ID                   ACCOUNT       REGION     STATE    REACHED BY           OS USER",
      "note:   1  web-1  i-0a1b2c3d           111122223333  us-east-1  running  direct 203.0.113.10  ec2-user",
      "note:   2  web-1  i-0123456789abcdef0  444455556666  eu-west-1  stopped  -                    ec2-user",
    ]);
  });
  test("by a name, while a target cannot be read: it may be there, exit code 69", async () => {
    const incomplete = [{ ...far, code: "upstream-unavailable" }];
    const { context, shown } = scriptedWorld({ responses: [{ items: [], incomplete }, none, none] });
    await expect(find(context, "web-1")).rejects.toMatchObject({ exitCode: 69 });
    expect(shown).toEqual(["note: the instances of 444455556666 in eu-west-1 may be missing: AWS is not available"]);
  });
  test.each(["", "3", "0", "-1", "1x", undefined])(
    "by a name that several have, where %j is picked",
    async (answer) => {
      const typed = answer === undefined ? [] : [answer];
      const { context } = scriptedWorld({ responses: [page(first, second)], typed });
      await expect(find(context, "web-1")).rejects.toMatchObject({ exitCode: 68 });
    },
  );
  test("by a name that is like another, at a terminal where none is picked", async () => {
    const { context } = scriptedWorld({ responses: [none, page(first)], typed: [""] });
    await expect(find(context, "web")).rejects.toMatchObject({ message: "none was picked", exitCode: 68 });
  });
});

describe("without a terminal, near names are suggested and never taken: a script must not end up on another instance", () => {
  test.each<[string, string, readonly object[], string]>([
    ["one that starts like it", "web", [page(first)], "did you mean web-1?"],
    ["several that start like it", "web", [page(first, named("web-2"))], "did you mean web-1 or web-2?"],
    [
      "those that differ in a letter or two, the nearest first",
      "wbe-1",
      [none, page(named("db-1"), first, named("prod-1"))],
      "did you mean web-1 or db-1?",
    ],
    ["one in other capitals", "WEB-1", [none, page(first)], "did you mean web-1?"],
    ["an id that starts like it", "i-0a1b", [none, page(first)], "did you mean i-0a1b2c3d?"],
    ["text from a tag, made visible", "web", [page(named("web\u202e"))], "did you mean web\\u{202e}?"],
    ["no terminated one", "web", [page(replaced), none], "latchkey instances lists those that you may see"],
    ["none that is far", "web-1", [none, page(named("db-2"))], "latchkey instances lists those that you may see"],
    [
      "none, if they cannot be listed",
      "web",
      [new Error("throttled")],
      "latchkey instances lists those that you may see",
    ],
  ])("%s", async (_, text, responses, hint) => {
    const { context } = scriptedWorld({ responses: [none, ...responses] });
    await expect(find(context, text)).rejects.toMatchObject({ hint, exitCode: 68 });
  });
  test("nearness is searched among instances that the API lists, which are those that the caller may view", async () => {
    const { context, calls } = scriptedWorld({ responses: [none, none, none] });
    await expect(find(context, "vault-2")).rejects.toThrow();
    expect(calls).toEqual([asked({ name: "vault-2" }), asked({ namePrefix: "vault-2" }), asked({})]);
  });
});

describe("an instance is found", () => {
  test.each(["i-0123456789abcdef0", "i-0a1b2c3d"])("by its id %s without a call", async (instanceId) => {
    const { context, calls } = scriptedWorld({});
    expect(await find(context, instanceId)).toEqual({ key: { instanceId }, handle: instanceId, requested: {} });
    expect(calls).toEqual([]);
  });
  test.each([
    ["by its name", page(first)],
    ["by its name, though a terminated instance has it too", page(replaced, first)],
    ["by its name, though one that shuts down has it too", page({ ...replaced, state: "shutting-down" }, first)],
  ])("%s", async (_, listed) => {
    const { context, calls } = scriptedWorld({ responses: [listed] });
    const found = { key: { instanceId: "i-0a1b2c3d", ...at }, name: "web-1", handle: "web-1", requested: {} };
    expect(await find(context, "web-1")).toEqual(found);
    expect(calls).toEqual([asked({ name: "web-1" })]);
  });
  test.each([
    ["a public address", "203.0.113.10"],
    ["a private address", "10.0.1.10"],
    ["an IPv6 address", "2001:db8::1"],
    ["a private DNS name", "ip-10-0-1-10.ec2.internal"],
    ["a private DNS name without its domain, as a prompt shows it", "ip-10-0-1-10"],
    ["a resource name", "i-0a1b2c3d.us-east-2.compute.internal"],
    ["a public DNS name", "ec2-203-0-113-10.compute-1.amazonaws.com"],
  ])("by %s, which no Name tag can take the place of", async (_, address) => {
    const { context, calls } = scriptedWorld({ responses: [page(first)] });
    expect(await find(context, address)).toEqual({
      key: { instanceId: "i-0a1b2c3d", ...at },
      handle: `i-0a1b2c3d${place}`,
      requested: {},
    });
    expect(calls).toEqual([asked({ address })]);
  });
  test("by an IPv6 address in brackets", async () => {
    const { context, calls } = scriptedWorld({ responses: [page(first)] });
    await find(context, "[2001:db8::1]");
    expect(calls).toEqual([asked({ address: "2001:db8::1" })]);
  });
  test.each(["ip-room-1", "10.0.1.10.nip.io", "ec2-user", "web.internal"])(
    "by the name %s, which is no address",
    async (name) => {
      const { context, calls } = scriptedWorld({ responses: [page(named(name))] });
      await find(context, name);
      expect(calls).toEqual([asked({ name })]);
    },
  );
  test("by its id and place, without a call", async () => {
    const { context, calls } = scriptedWorld({});
    const found = await findTarget(context, { instance: "i-0a1b2c3d", place: far, requested: {} });
    const handle = "i-0a1b2c3d@444455556666/eu-west-1";
    expect(found).toEqual({ key: { instanceId: "i-0a1b2c3d", ...far }, handle, requested: {} });
    expect(calls).toEqual([]);
  });
  test("by its name and place, which it keeps in commands to run next", async () => {
    const { context, calls } = scriptedWorld({ responses: [page({ ...first, ...far })] });
    const found = await findTarget(context, { instance: "web-1", place: far, requested: {} });
    expect(found).toMatchObject({
      key: { instanceId: "i-0a1b2c3d", ...far },
      handle: "web-1@444455556666/eu-west-1",
    });
    expect(calls).toEqual([asked({ name: "web-1", ...far })]);
  });
  test("by the number that somebody picks among several targets: its name and place find it again", async () => {
    const { context } = scriptedWorld({ responses: [page(first, { ...second, ...far })], typed: ["2"] });
    expect(await find(context, "web-1")).toMatchObject({ handle: "web-1@444455556666/eu-west-1" });
  });
  test("by a name that looks like user@instance, which is written as its id in commands to run next", async () => {
    const { context, calls } = scriptedWorld({ responses: [none, page(named("build@ci"))] });
    const found = await findTarget(context, {
      instance: "ci",
      requested: { osUser: "build" },
      otherReadings: [{ instance: "build@ci", requested: {} }],
    });
    const instanceId = "i-0d0000000000000a1";
    expect(found).toEqual({
      key: { instanceId, ...at },
      name: "build@ci",
      handle: `${instanceId}${place}`,
      requested: {},
    });
    expect(calls).toEqual([asked({ name: "ci" }), asked({ name: "build@ci" })]);
  });
  test("on the second page, where the first is empty", async () => {
    const { context, calls } = scriptedWorld({ responses: [{ items: [], nextCursor: "c" }, page(first)] });
    expect(await find(context, "web-1")).toMatchObject({ key: { instanceId: "i-0a1b2c3d" } });
    expect(calls[1]).toEqual(asked({ name: "web-1", cursor: "c" }));
  });
  test("by the number that somebody picks among several of the name: its id finds it again", async () => {
    const { context, shown } = scriptedWorld({ responses: [page(first, second)], typed: [" 2 "] });
    const instanceId = "i-0123456789abcdef0";
    expect(await find(context, "web-1")).toEqual({
      key: { instanceId, ...at },
      name: "web-1",
      handle: `${instanceId}${place}`,
      requested: {},
    });
    expect(shown.at(-1)).toBe("ask: Which one? [1-2, Enter: none]");
  });
  test("by a prefix or a near name, if somebody at a terminal picks it", async () => {
    const { context, shown } = scriptedWorld({ responses: [none, page(first)], typed: ["1"] });
    const found = {
      key: { instanceId: "i-0a1b2c3d", ...at },
      name: "web-1",
      handle: `i-0a1b2c3d${place}`,
      requested: {},
    };
    expect(await find(context, "web")).toEqual(found);
    expect(shown[0]).toBe("note: there is no instance web, or you may not see it; these are called something like it:");
    expect(shown.at(-1)).toBe("ask: Which one? [1, Enter: none]");
  });
});
