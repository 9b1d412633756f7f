import { describe, expect, test } from "@jest/globals";
import { type EventPattern, fitsPattern } from "../../../local/aws/event-pattern.ts";

const event = {
  source: "latchkey",
  "detail-type": "latchkey.review.submitted",
  detail: { subject: "access-requests/1", data: { decision: "approve", groups: ["OnCall", "Engineer"], count: 2 } },
};

describe("an event fits", () => {
  test.each<[sentence: string, pattern: EventPattern]>([
    ["a pattern that names nothing", {}],
    ["one of the values of a field", { source: ["other", "latchkey"] }],
    ["a prefix", { "detail-type": [{ prefix: "latchkey.review." }] }],
    ["anything but another value", { source: [{ "anything-but": ["aws.ec2", "aws.ssm"] }] }],
    ["values inside its detail", { detail: { data: { decision: ["approve"], count: [2] } } }],
    ["a field that it has", { detail: { subject: [{ exists: true }] } }],
    ["the absence of a field that it does not have", { detail: { data: { via: [{ exists: false }] } } }],
    ["one element of a list", { detail: { data: { groups: ["Engineer"] } } }],
    ["several fields at once", { source: ["latchkey"], detail: { subject: [{ prefix: "access-requests/" }] } }],
  ])("%s", (_, pattern) => expect(fitsPattern(pattern, event)).toBe(true));
});

describe("an event does not fit", () => {
  test.each<[sentence: string, pattern: EventPattern]>([
    ["another value", { source: ["aws.ec2"] }],
    ["a value as a prefix that is not one", { "detail-type": ["latchkey.review."] }],
    ["another prefix", { "detail-type": [{ prefix: "latchkey.access-request." }] }],
    ["anything but its own value", { source: [{ "anything-but": "latchkey" }] }],
    ["a field that it does not have", { detail: { via: ["slack"] } }],
    ["anything but a value of a field that it does not have", { detail: { via: [{ "anything-but": "slack" }] } }],
    ["a field that it lacks", { detail: { via: [{ exists: true }] } }],
    ["the absence of a field that it has", { source: [{ exists: false }] }],
    ["a number as text", { detail: { data: { count: ["2"] } } }],
    ["two fields of which one differs", { source: ["latchkey"], detail: { data: { decision: ["deny"] } } }],
    ["what every object inherits", { toString: [{ prefix: "" }] }],
  ])("%s", (_, pattern) => expect(fitsPattern(pattern, event)).toBe(false));
});

test("an operator that is not known is an error", () => {
  const pattern = { source: [{ suffix: "key" }] } as unknown as EventPattern;
  expect(() => fitsPattern(pattern, event)).toThrow("suffix");
});
