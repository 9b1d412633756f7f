import { describe, expect, test } from "@jest/globals";
import { factsOf, remarksOf } from "../../../web/audit/event-facts.ts";
import { sampleEvent } from "./sample-events.ts";

const factOf = (data: object, label: string) =>
  factsOf(sampleEvent({ data })).find((fact) => fact.label === label)?.value;

describe("what the console does not know is shown as data", () => {
  test.each([
    ["a field of a later version", { device: "trusted" }, "device", { json: '"trusted"' }],
    ["an object", { device: { os: "linux" } }, "device", { json: '{"os":"linux"}' }],
    ["a field of another type", { osUser: ["root"] }, "OS user", { json: '["root"]' }],
    ["a moment that is none", { expiresAt: "soon" }, "Expires", { json: '"soon"' }],
    ["a duration that is none", { durationSeconds: "1h" }, "Asked for", { json: '"1h"' }],
    ["a scope of a later version", { scope: { fleet: "all" } }, "scope.fleet", { json: '"all"' }],
    ["a scope that is text", { scope: "all" }, "scope", { json: '"all"' }],
    ["policies of another type", { policies: [1] }, "Policies", { json: "[1]" }],
  ])("%s", (_, data, label, value) => {
    expect(factOf(data, label)).toEqual(value);
  });
});

describe("facts", () => {
  test.each([
    ["who", { actor: "bob" }, "Actor", { person: "bob" }],
    ["a duration", { durationSeconds: 60 }, "Asked for", { seconds: 60 }],
    ["a switch", { breakGlass: true }, "Break-glass", { text: "yes" }],
    ["tags", { scope: { tags: { env: "dev", role: "db" } } }, "Tags", { ids: ["env=dev", "role=db"] }],
    ["policies", { policies: ["dev-connect"] }, "Policies", { ids: ["dev-connect"] }],
    ["no policies", { policies: [] }, "Policies", { ids: [] }],
    ["an extension", { extension: { status: "pending" } }, "Extension", { text: "pending" }],
    [
      "reviewers",
      { requirements: { reviewers: [{ kind: "group", name: "OnCall" }] } },
      "Reviewers",
      { text: "OnCall (group)" },
    ],
  ])("%s", (_, data, label, value) => {
    expect(factOf(data, label)).toEqual(value);
  });

  test("name each field of an event once, and no text that people wrote", () => {
    const labels = factsOf(sampleEvent({ data: { reason: "a", comment: "b", extensionReason: "c" } })).map(
      ({ label }) => label,
    );
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels).toEqual(expect.arrayContaining(["Event", "Event id", "Item", "Source", "Number", "Request id"]));
    expect(labels.join()).not.toMatch(/reason|comment/i);
    // The others have the names of fields, which begin in lower case.
    expect(labels.filter((label) => /^[a-z]/.test(label))).toEqual([]);
  });
});

test("what people wrote stands apart, also what a later version has in its place", () => {
  const data = { comment: "no", reason: { text: "x" }, extensionReason: "more" };
  expect(remarksOf(sampleEvent({ data }))).toEqual([
    { label: "Reason", text: '{"text":"x"}' },
    { label: "Reason for the extension", text: "more" },
    { label: "Comment", text: "no" },
  ]);
});
