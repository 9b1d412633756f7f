import { describe, expect, test } from "@jest/globals";
import { runRequests } from "../../../client/access/run-requests.ts";
import { Options } from "../../../client/command/options.ts";
import type { AccessRequest } from "../../../sdk/types.ts";
import { sampleResponses } from "../../support/client/sample-responses.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { requestOf } from "./sample-request.ts";

const newestFirst = ["ar-3", "ar-2", "ar-1"].map((id) => requestOf({ id }));

/** What `latchkey requests` prints for bob. */
async function listed(options: Readonly<Record<string, true | readonly string[]>>, items: readonly AccessRequest[]) {
  const whoAmI = { ...sampleResponses.whoAmI, id: "bob" };
  const { context, shown, calls } = scriptedWorld({
    responses: options["reviewable"] && !options["json"] ? [whoAmI, { items }] : [{ items }],
  });
  await runRequests(context, { arguments: [], options: new Options(options), rest: undefined });
  return { shown: shown.join("\n"), calls };
}
const idsIn = (text: string) => text.match(/ar-\d/g);

test.each<[sentence: string, options: Readonly<Record<string, true | readonly string[]>>, ids: string[]]>([
  ["newest first", {}, ["ar-3", "ar-2", "ar-1"]],
  ["newest first, up to --limit", { limit: ["2"] }, ["ar-3", "ar-2"]],
  ["oldest first, if they wait for the user's review", { reviewable: true }, ["ar-1", "ar-2", "ar-3"]],
  ["the oldest up to --limit", { reviewable: true, limit: ["2"] }, ["ar-1", "ar-2"]],
  ["oldest first as JSON", { reviewable: true, json: true }, ["ar-1", "ar-2", "ar-3"]],
])("requests are listed %s", async (_, options, ids) => {
  expect(idsIn((await listed(options, newestFirst)).shown)).toEqual(ids);
});

test("--wait leaves out active access, which takes a further review that nobody waits for", async () => {
  const active = requestOf({ id: "ar-3", status: "active", scope: { tags: { env: "prod" } } });
  const { extension } = sampleResponses.extendAccessRequest;
  const extending = { ...active, id: "ar-4", extension: extension && { ...extension, status: "pending" as const } };
  const { shown } = await listed({ wait: true, limit: ["2"], json: true }, [
    extending,
    active,
    requestOf({ id: "ar-1" }),
  ]);
  expect(idsIn(shown)).toEqual(expect.arrayContaining(["ar-1", "ar-4"]));
  expect(idsIn(shown)).not.toContain("ar-3");
});

describe("ALSO has those who can review besides the user:", () => {
  const group = { kind: "group", name: "OnCall" };
  const named = (...names: string[]) => names.map((name) => ({ kind: "person", name }));

  test.each<[also: string, sentence: string, reviewers: object[] | undefined, reviewed: string[]]>([
    ["-", "nobody", [], []],
    ["-", "nobody whom the API names", undefined, []],
    ["-", "nobody but the user", named("bob"), []],
    ["-", "nobody who has not reviewed", named("bob", "erin"), ["erin"]],
    ["anyone in OnCall", "a group, though the user may be in it", [group], []],
    ["anyone in OnCall, erin", "a group and a person", [group, ...named("bob", "erin")], []],
    ["anyone", "everybody", named("*"), []],
    ["integration roster", "an integration", [{ kind: "integration", name: "roster" }], []],
  ])("%s: %s", async (also, _, reviewers, reviewed) => {
    const requirements = {
      approvals: 2,
      reason: true,
      ...(reviewers && { reviewers }),
    } as AccessRequest["requirements"];
    const reviews = reviewed.map(
      (reviewer) => ({ reviewer, decision: "approve", at: "2026-03-01T12:05:00.000Z" }) as const,
    );
    const { shown } = await listed({ reviewable: true }, [requestOf({ requirements, reviews })]);
    const [heading = "", line = ""] = shown.split("\n").slice(-2);
    expect(line.slice(heading.indexOf("ALSO"), heading.indexOf("REASON")).trim()).toBe(also);
  });

  test("of a pending extension, it has those who can review that", async () => {
    const { requirements, reviews } = requestOf({
      requirements: { approvals: 1, reason: true, reviewers: named("erin") },
    });
    const { extension } = sampleResponses.extendAccessRequest;
    const pending = extension && { ...extension, status: "pending" as const, requirements, reviews };
    const { shown } = await listed({ reviewable: true }, [requestOf({ status: "active", extension: pending })]);
    expect(shown).toMatch(/UTC +erin /);
  });

  test("of a pending extension, it has that reason", async () => {
    const { extension } = sampleResponses.extendAccessRequest;
    const pending = extension && { ...extension, status: "pending" as const, reason: "It is slow" };
    const request = requestOf({ status: "active", extension: pending });
    expect((await listed({ reviewable: true }, [request])).shown).toMatch(/active, extension pending .* It is slow$/);
    expect((await listed({}, [request])).shown).toMatch(/active, extension pending .* The disk is full$/);
  });

  test("there is no such column in other lists", async () => {
    expect((await listed({}, newestFirst)).shown).not.toContain("ALSO");
  });
});
