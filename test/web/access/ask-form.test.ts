import { describe, expect, test } from "@jest/globals";
import {
  type AskForm,
  bodyOf,
  decisionInput,
  faultInReason,
  faultsByField,
  formOf,
  instanceText,
  readInstance,
} from "../../../web/access/ask-form.ts";

const instanceId = "i-0900000000000000d";
const target = { accountId: "111122223333", region: "us-east-1" };
const prod1 = { instanceId, ...target, name: "prod-1" };
const other = { ...prod1, instanceId: "i-0900000000000000e" };

const filled = (changes: Partial<AskForm> = {}): AskForm => ({
  ...formOf(new URLSearchParams({ instanceId, osUser: "ec2-user" })),
  reason: "The disk is full",
  ...changes,
});
const known = { choices: [prod1] };

describe("a link fills in the form", () => {
  test.each([
    ["", { isByTags: false, instance: "", tags: "", osUser: "", duration: "1h" }],
    [`instanceId=${instanceId}&osUser=root`, { isByTags: false, instance: instanceId, osUser: "root" }],
    ["tag.env=prod&tag.team=a&osUser=root", { isByTags: true, tags: "env=prod\nteam=a", osUser: "root" }],
    [`instanceId=${instanceId}&tag.env=prod`, { isByTags: false, instance: instanceId }],
    ["reason=x&duration=24h&subject=mallory&breakGlass=true", { reason: "", subject: "", isBreakGlass: false }],
  ])("%j", (query, form) => {
    expect(formOf(new URLSearchParams(query))).toMatchObject(form);
  });
});

describe("an instance", () => {
  test.each([
    ["nothing", ""],
    ["an unknown name", "prod-2"],
    ["a name that two have", "twin"],
    ["an id of another form", "i-09"],
    ["an id before other text", `${instanceId} or so`],
  ])("is not named by %s", (_, text) => {
    const twins = [prod1, other].map((one) => ({ ...one, name: "twin" }));
    expect(readInstance(text, twins)).toBeUndefined();
  });
  test.each([
    ["its id", ` ${instanceId} `],
    ["its name", "prod-1"],
    ["its name and id", instanceText(prod1)],
  ])("is named by %s", (_, text) => {
    expect(readInstance(text, [prod1])).toEqual({ instanceId, ...target });
  });
  test("that nothing is known of is named by its id alone", () => {
    expect(readInstance(instanceId, [])).toEqual({ instanceId });
  });
  test("that two targets have is the API's to refuse", () => {
    expect(readInstance(instanceId, [prod1, { ...prod1, region: "eu-west-1" }])).toEqual({ instanceId });
  });
  test("whose name ends like an id is known by its own", () => {
    const hostile = { ...other, name: instanceText(prod1) };
    expect(readInstance(instanceText(hostile), [prod1, hostile])).toMatchObject({ instanceId: other.instanceId });
  });
});

describe("nothing is sent, and the field says why, if", () => {
  test.each([
    ["no instance is named", { instance: "" }, "instance"],
    ["no tag is named", { isByTags: true }, "tags"],
    ["a tag has no value", { isByTags: true, tags: "env" }, "tags"],
    ["the OS user is none", { osUser: "no user" }, "osUser"],
    ["the duration is none", { duration: "30" }, "duration"],
    ["the start is no moment", { startsAt: "tomorrow" }, "startsAt"],
    ["there is no reason", { reason: " \n " }, "reason"],
    ["the reason has invisible characters", { reason: "The disk\u202e is full" }, "reason"],
  ])("%s", (_, changes, field) => {
    const read = bodyOf(filled(changes), known);
    expect(Object.keys("faults" in read ? read.faults : {})).toEqual([field]);
  });

  test("policy asks for more in the reason", () => {
    const requirements = { approvals: 1, reason: true, reasonPatterns: ["[A-Z]+-[0-9]+"] };
    expect(bodyOf(filled(), { ...known, requirements })).toEqual({
      faults: { reason: "Policy requires text that matches [A-Z]+-[0-9]+." },
    });
    expect(bodyOf(filled({ reason: "OPS-1" }), { ...known, requirements })).toHaveProperty("body");
  });
});

const common = { osUser: "ec2-user", durationSeconds: 3600, reason: "The disk is full" };
test.each([
  ["an instance", {}, { instanceId, ...target, ...common }],
  ["a reason of several lines, as one", { reason: " The disk\nis  full " }, { instanceId, ...target, ...common }],
  ["somebody else", { subject: " bob " }, { instanceId, ...target, ...common, subject: "bob" }],
  ["an emergency", { isBreakGlass: true }, { instanceId, ...target, ...common, breakGlass: true }],
  ["tags", { isByTags: true, tags: "env=prod" }, { scope: { tags: { env: "prod" } }, ...common }],
  [
    "tags in one target",
    { isByTags: true, tags: "env=prod", ...target },
    { scope: { tags: { env: "prod" }, ...target }, ...common },
  ],
])("the request for %s", (_, changes, body) => {
  expect(bodyOf(filled(changes), known)).toEqual({ body });
});

test("a start is sent in UTC", () => {
  const read = bodyOf(filled({ startsAt: "2026-03-01T18:00" }), known);
  expect(read).toMatchObject({ body: { startsAt: new Date(2026, 2, 1, 18).toISOString() } });
});

test("what the API says is wrong stands at its field", () => {
  const faults = [
    ["/instanceId", "a"],
    ["/scope/tags/env", "b"],
    ["/durationSeconds", "c"],
    ["/scope/region", "d"],
    ["/startsAt", "e"],
    ["/breakGlass", "f"],
    ["", "g"],
    ["/unknown", "h"],
  ].map(([pointer = "", detail = ""]) => ({ pointer, detail }));
  expect(faultsByField(faults)).toEqual({
    ...{ instance: "a", tags: "b", duration: "c", region: "d", startsAt: "e", isBreakGlass: "f" },
  });
});

describe("before anything is sent, the API decides", () => {
  test.each([
    ["nothing without an instance", { instance: "" }],
    ["nothing without an OS user", { osUser: "" }],
    ["nothing about tags", { isByTags: true, tags: "env=prod" }],
    ["nothing about break-glass", { isBreakGlass: true }],
  ])("%s", (_, changes) => {
    expect(decisionInput(filled(changes), [prod1])).toBeUndefined();
  });
  test("what a connection needs, of the subject", () => {
    expect(decisionInput(filled({ subject: "bob" }), [prod1])).toEqual({
      ...{ instanceId, ...target, osUser: "ec2-user", subject: "bob" },
    });
  });
});

test.each(["x".repeat(501), "a\u200bb", "\u2800"])("%j is no reason", (text) => {
  expect(faultInReason(text)).toBeDefined();
});
