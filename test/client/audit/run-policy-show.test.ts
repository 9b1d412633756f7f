import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { runPolicyShow } from "../../../client/audit/run-policy-show.ts";
import { Options } from "../../../client/command/options.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

const text = JSON.stringify(["the schema", { one: "permit one;\n", two: "forbid two;" }, "example.com"]);
const hexOf = (of: string) => createHash("sha256").update(of).digest("hex");
const event = { data: { instanceId: "i-0a1b2c3d" } };

/** Runs `latchkey policy show`. */
async function show(
  [digest = "", ...ids]: readonly string[],
  { kept = text, pages = [{ items: [event] }] as object[], options = {} as Record<string, true | string[]> } = {},
) {
  const world = scriptedWorld({ responses: [...pages, { digest: "", text: kept }] });
  const input = { arguments: [digest, ...ids], options: new Options(options), rest: undefined };
  const end = await runPolicyShow(world.context, input).catch((error: Error) => error.message);
  return { end, shown: world.shown, calls: world.calls };
}

describe("policies are not shown", () => {
  test.each<[sentence: string, args: string[], given: Parameters<typeof show>[1], end: string]>([
    [
      "if their text is not of the digest",
      [hexOf("other")],
      {},
      "the API returned other policies than those of this digest",
    ],
    [
      "if they are of another version",
      [hexOf("{}")],
      { kept: "{}" },
      "the policies of this digest are of another version",
    ],
    ["if there is no such policy", [hexOf(text), "three"], {}, "these policies have no three"],
    ["for what is no digest", ["sha1:00"], {}, "this is not a digest: sha1:00"],
    [
      "to a caller who may read no event",
      [hexOf(text)],
      { pages: [{ items: [] }] },
      "there is no event that you may read, and so no right to see policies",
    ],
  ])("%s", async (_, args, given, end) => {
    expect(await show(args, given)).toMatchObject({ end, shown: [] });
  });
});

describe("policies are shown", () => {
  test.each<[sentence: string, args: string[], options: Record<string, true>, shown: string[]]>([
    ["all, in their order", [], {}, ["out: permit one;", "out: ", "out: forbid two;"]],
    ["those that are named", ["two"], {}, ["out: forbid two;"]],
    ["with the schema", ["two"], { schema: true }, ["out: the schema", "out: ", "out: forbid two;"]],
  ])("%s", async (_, ids, options, shown) => {
    const found = await show([`sha256:${hexOf(text)}`, ...ids], { options });
    expect({ end: found.end, shown: found.shown }).toEqual({ end: 0, shown });
  });

  test("by the right of the newest event about an instance, or of one that is named", async () => {
    const pages = [{ items: [{ data: {} }], nextCursor: "c" }, { items: [event] }];
    const { calls } = await show([hexOf(text)], { pages });
    expect(calls.at(-1)).toEqual({ name: "getPolicies", input: { instanceId: "i-0a1b2c3d", digest: hexOf(text) } });
    const named = await show([hexOf(text)], { pages: [], options: { instance: ["i-0b2c3d4e"] } });
    expect(named.calls).toEqual([{ name: "getPolicies", input: { instanceId: "i-0b2c3d4e", digest: hexOf(text) } }]);
  });
});
