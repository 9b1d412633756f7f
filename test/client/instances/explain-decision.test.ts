import { describe, expect, test } from "@jest/globals";
import { Options } from "../../../client/command/options.ts";
import { explain } from "../../../client/instances/explain-decision.ts";
import { runWhy } from "../../../client/instances/run-why.ts";
import type { ConnectionOptions } from "../../../client/instances/target.ts";
import type { Decision } from "../../../contract/decision.ts";
import { webInstance } from "../../support/client/sample-responses.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { requestOf } from "../access/sample-request.ts";

const { connectionOptions, addresses } = webInstance;
const instance = {
  ...webInstance,
  tags: {},
  connectionOptions: [...connectionOptions],
  addresses: [...addresses],
  hostKeys: [],
};
const explainTo = (decision: Decision, requested: ConnectionOptions = {}, state = "running", subject?: string) =>
  explain({ decision, instance: { ...instance, state }, handle: "web-1", requested, subject });

const who = "i-0123456789abcdef0 (web-1) as ec2-user";
const direct = { connectionType: "direct", host: "203.0.113.10", port: 2222 } as const;
const deny = (code: string, more: Partial<Decision> = {}): Decision => ({
  decision: "deny",
  code,
  policies: [],
  ...more,
});

describe("a denial is shown with the reason, the next command, and the exit code that ssh would have", () => {
  test.each<[string, Decision, readonly string[], readonly string[] | undefined, number]>([
    ["no policy permits it", deny("access-denied"), ["No policy permits it."], undefined, 77],
    [
      "a policy forbids it",
      deny("access-denied", { policies: ["no-root"] }),
      ["Policy no-root forbids it."],
      undefined,
      77,
    ],
    ["several forbid it", deny("access-denied", { policies: ["a", "b"] }), ["Policies a, b forbid it."], undefined, 77],
    [
      "it needs approval",
      deny("approval-required", { requirements: { approvals: 2, reason: true }, resolved: direct }),
      ["Policy requires an active access request with 2 approvals and a reason.", "Route: 203.0.113.10:2222"],
      ["request", "web-1", "--os-user", "ec2-user", "--reason", "why you need it", "--wait"],
      77,
    ],
    [
      "it is not running",
      deny("instance-not-running"),
      ["Policy permits it, but the instance is running."],
      undefined,
      69,
    ],
    [
      "there is no way",
      deny("no-route-to-instance"),
      ["Policy permits it, but the instance is unreachable:", "  eice: There is no endpoint in the instance's VPC."],
      undefined,
      69,
    ],
    [
      "it is not covered by the push tag: which tag, and who can add it",
      deny("not-covered-by-push-tag"),
      [
        "Policy permits it, but this Latchkey pushes keys only to instances with a certain tag, and this one lacks it.",
        "Ask Latchkey's operators for the tag: their setting pushTag names it.",
      ],
      undefined,
      69,
    ],
    ["something new", deny("quite-new\u001b[2J"), ["The API's code for it is quite-new\\u{1b}[2J."], undefined, 77],
  ])("%s", (_, decision, reasons, next, exitCode) => {
    expect(explainTo(decision)).toEqual({ sentences: [`You can't connect to ${who}.`, ...reasons], next, exitCode });
  });
});

test("a terminated instance is not one to start", () => {
  expect(explainTo(deny("instance-not-running"), {}, "terminated").sentences).toContain("It cannot be started again.");
  expect(explainTo(deny("instance-not-running"), {}, "stopped").sentences).not.toContain("It cannot be started again.");
});

test("access to a serial console is asked for as its own user", () => {
  const { sentences, next } = explainTo(deny("approval-required"), { connectionType: "serial" });
  expect(sentences[0]).toMatch(/ as i-0123456789abcdef0\.port0\.$/);
  expect(next).toEqual(expect.arrayContaining(["--os-user", "i-0123456789abcdef0.port0"]));
});

describe("a permit is shown with the policy, the way, and the command", () => {
  const allow: Decision = { decision: "allow", policies: ["engineers"], resolved: direct };
  test.each<[string, Decision, string]>([
    ["directly", allow, "Route: 203.0.113.10:2222"],
    [
      "through an endpoint",
      { ...allow, resolved: { connectionType: "eice", host: "10.0.0.1", port: 22, endpointId: "eice-0a1b2c3d" } },
      "Route: 10.0.0.1:22 through eice-0a1b2c3d",
    ],
    [
      "by its serial console",
      { ...allow, resolved: { connectionType: "serial", host: "serial.example.com", port: 22 } },
      "Route: serial.example.com:22 (serial console)",
    ],
  ])("%s", (_, decision, way) => {
    expect(explainTo(decision)).toEqual({
      sentences: [`You can connect to ${who}.`, "Policy engineers permits it.", way],
      next: ["ssh", "web-1"],
      exitCode: 0,
    });
  });
  test("as another OS user, and in another way", () => {
    expect(explainTo(allow, { osUser: "ubuntu", connectionType: "direct", port: 2222 })).toMatchObject({
      next: ["ssh", "web-1", "--os-user", "ubuntu", "--connection-type", "direct", "--ssh-port", "2222"],
    });
  });
  test("to a Windows instance or one in a Local Zone: not that you can connect, but why the login may fail", () => {
    const warnings = [{ code: "windows", message: "The instance runs\nWindows." }];
    expect(explainTo({ ...allow, warnings }).sentences).toEqual([
      `Policy lets you connect to ${who}, but the login may fail:`,
      "  The instance runs\\u{a}Windows.",
      "Policy engineers permits it.",
      "Route: 203.0.113.10:2222",
    ]);
    expect(explainTo(deny("access-denied", { warnings })).sentences.slice(-2)).toEqual([
      "With permission, the login may fail all the same:",
      "  The instance runs\\u{a}Windows.",
    ]);
  });
});

describe("active access by tags that does not lead to the connection is named, with the reason", () => {
  const byTags = (tags: Record<string, string>, more: object = {}) =>
    requestOf({ status: "active", scope: { tags, ...more }, instanceId: undefined });
  const ofDev = { ...instance, tags: { env: "dev", "Data Class": "a b" } };
  test.each([
    ["another value", byTags({ env: "staging" }), "does not cover it: the instance has env=dev, not env=staging."],
    ["a tag that it lacks", byTags({ env: "dev", team: "web" }), "does not cover it: the instance has no tag team."],
    [
      "a value in another case, quoted if it is not plain",
      byTags({ "Data Class": "A b" }),
      'does not cover it: the instance has "Data Class"="a b", not "Data Class"="A b".',
    ],
    [
      "a name that every object has",
      byTags({ constructor: "x" }),
      "does not cover it: the instance has no tag constructor.",
    ],
    [
      "another account",
      byTags({ env: "dev" }, { accountId: "444455556666", region: "eu-west-1" }),
      "does not cover it: it is for instances of 444455556666 in eu-west-1.",
    ],
    [
      "another OS user",
      { ...byTags({ env: "dev" }), osUser: "root" },
      "does not cover it: it is for the OS user root.",
    ],
    ["nothing but policy", byTags({ env: "dev" }), "covers it, but policy also reads the instance's other tags."],
  ])("%s", (_, request, words) => {
    const decided = {
      instance: ofDev,
      handle: "web-1",
      requested: {},
      active: [requestOf({ status: "active" }), request],
    };
    for (const code of ["access-denied", "approval-required"]) {
      const { sentences } = explain({ decision: deny(code), ...decided });
      expect(sentences.slice(2)).toEqual([`Access request ar-0123 ${words}`]);
    }
  });

  test("but the one that a further approval completes is named alone, with the command for its reviewers", () => {
    const requirements = { approvals: 2, reason: true, accessRequestId: "ar-0123" };
    const decision = deny("approval-required", { requirements });
    expect(explain({ decision, instance: ofDev, handle: "web-1", requested: {}, active: [] })).toMatchObject({
      sentences: [expect.any(String), expect.stringMatching(/^Access request ar-0123 covers it, but needs a further/)],
      forReviewer: ["review", "ar-0123", "--approve"],
      next: undefined,
    });
  });
});

describe("latchkey why", () => {
  const refused = deny("approval-required", { requirements: { approvals: 1, reason: true } });
  const elsewhere = requestOf({ status: "active", scope: { tags: { env: "prod" } }, instanceId: undefined });
  const why = async (
    responses: readonly unknown[],
    options: Readonly<Record<string, true | readonly string[]>> = {},
  ) => {
    const world = scriptedWorld({ responses: [...responses] });
    const input = { arguments: [instance.instanceId], options: new Options(options), rest: undefined };
    return { ...world, exitCode: await runWhy(world.context, input) };
  };
  const listed = { name: "listAccessRequests", input: expect.objectContaining({ subject: "alice", status: "active" }) };

  test("looks for the caller's own active access, and names what it misses", async () => {
    const { calls, shown, exitCode } = await why([refused, instance, { id: "alice" }, { items: [elsewhere] }]);
    expect(calls.at(-1)).toEqual(listed);
    expect(shown).toContain("out: Access request ar-0123 does not cover it: the instance has no tag env.");
    expect(exitCode).toBe(77);
  });

  test("looks for that of the person whom it is about", async () => {
    const { calls } = await why([refused, instance, { items: [] }], { for: ["alice"] });
    expect(calls.at(-1)).toEqual(listed);
  });

  test("says what it knows if that cannot be read", async () => {
    const { shown, exitCode } = await why([refused, instance, new Error("no response")]);
    expect(shown).toContain("out: Policy requires an active access request with 1 approval and a reason.");
    expect(exitCode).toBe(77);
  });

  test.each([
    ["of a connection that would be made", [{ decision: "allow", policies: ["engineers"] }, instance], {}],
    ["for JSON, which is the decision alone", [refused, instance], { json: true as const }],
  ])("looks for no access %s", async (_, responses, options) => {
    const { calls } = await why(responses, options);
    expect(calls.map(({ name }) => name)).toEqual(["decide", "getInstance"]);
  });

  describe("checks", () => {
    const stopped = deny("instance-not-running", { resolved: { connectionType: "eice", host: "10.0.1.10", port: 22 } });
    const option = (connectionType: string, checks?: readonly object[]) => ({ connectionType, usable: true, checks });
    const withChecks = {
      ...instance,
      connectionOptions: [
        option("direct", [{ check: "route", result: "fail", detail: "No route. Add one." }]),
        option("eice", [
          { check: "zone", result: "pass", detail: "In a zone." },
          { check: "agent", result: "unknown", detail: "The image does not tell." },
          { check: "endpoint", result: "fail", detail: "None is there. Create one." },
          { check: "later", result: "partly", detail: "Of a later \u001b[31mAPI." },
          { check: "instance-state", result: "pass", detail: "Running." },
        ]),
      ],
    };
    const shownChecks = [
      "Checks of eice:",
      "  fail    endpoint: None is there. Create one.",
      "  unknown agent: The image does not tell.",
    ];

    test("are made if the instance cannot be reached, those that fail first, of the type that the connection would have", async () => {
      const { calls, shown, exitCode } = await why([stopped, instance, withChecks]);
      expect(calls.at(-1)).toMatchObject({ name: "getInstance", input: { checks: "true" } });
      const out = shown.join("\n").replaceAll("out: ", "");
      expect(out).toContain(shownChecks.join("\n"));
      expect(out).toContain("  pass    zone, instance-state");
      expect(out).not.toContain("No route");
      expect(out).not.toContain("\u001b");
      expect(exitCode).toBe(69);
    });

    test("are made with --checks if it can, and the exit code stays", async () => {
      const { shown, exitCode } = await why([{ decision: "allow", policies: ["dev"] }, instance, withChecks], {
        checks: true,
      });
      expect(shown).toEqual(
        expect.arrayContaining(["out: Checks of direct:", "out:   fail    route: No route. Add one."]),
      );
      expect(exitCode).toBe(0);
    });

    test("are in the JSON with --checks alone", async () => {
      const allowed = { decision: "allow", policies: ["dev"] };
      const { shown } = await why([allowed, instance, withChecks], { checks: true, json: true });
      expect(shown.join("\n")).toContain("connectionOptions");
    });

    test.each([
      ["refuses the query", new Error("invalid-request")],
      ["ignores it", instance],
    ])("are left out if an older API %s", async (_, response) => {
      const { shown, exitCode } = await why([stopped, instance, response]);
      expect(shown.join("\n")).not.toContain("Checks");
      expect(exitCode).toBe(69);
      const asked = await why([{ decision: "allow", policies: ["dev"] }, instance, response], { checks: true });
      expect(asked.shown.join("\n")).toContain("hint: this Latchkey's API has no checks for it");
      expect(asked.exitCode).toBe(0);
    });
  });

  test("prints the command for a reviewer, without the caller's own profile", async () => {
    const requirements = { approvals: 2, reason: true, accessRequestId: "ar-0123" };
    const { shown } = await why([
      deny("approval-required", { requirements }),
      instance,
      { id: "alice" },
      { items: [] },
    ]);
    expect(shown.at(-1)).toBe("hint: a reviewer runs: latchkey review ar-0123 --approve");
  });
});

test("access that starts later is named, with its start", () => {
  const scheduled = { accessRequestId: "ar-0123", startsAt: "2026-03-01T18:00:00.000Z" };
  const { sentences } = explainTo(
    deny("approval-required", { requirements: { approvals: 1, reason: true, scheduled } }),
  );
  expect(sentences[2]).toBe("Access request ar-0123 covers it from 2026-03-01 18:00 UTC on.");
});

test("the access request that a connection is made under is named", () => {
  const decision: Decision = { decision: "allow", policies: ["engineers"], accessRequestId: "ar-0123" };
  expect(explainTo(decision).sentences[1]).toBe("Access request ar-0123 covers it.");
});

describe("about another person it is told by their name, with the command that asks for them", () => {
  test.each<[string, Decision, readonly string[], readonly string[] | undefined]>([
    [
      "who needs an access request",
      deny("approval-required", { requirements: { approvals: 1, reason: true }, subjectSeen: true }),
      [`bob can't connect to ${who}.`, "Policy requires an active access request with 1 approval and a reason."],
      ["request", "web-1", "--for", "bob", "--os-user", "ec2-user", "--reason", "why you need it", "--wait"],
    ],
    [
      "who can connect, and alone can run the command for it",
      { decision: "allow", policies: ["engineers"], subjectSeen: true },
      [`bob can connect to ${who}.`, "Policy engineers permits it."],
      undefined,
    ],
    [
      "who has never been seen",
      deny("access-denied", { subjectSeen: false }),
      [
        `bob can't connect to ${who}.`,
        "bob has never used Latchkey: check that the id is right.",
        "No policy permits it.",
      ],
      undefined,
    ],
    [
      "who is suspended",
      deny("caller-suspended", { subjectSeen: true }),
      [`bob can't connect to ${who}.`, "bob is suspended."],
      undefined,
    ],
    [
      "who may not see the instance",
      deny("instance-not-found", { subjectSeen: true }),
      [`bob can't connect to ${who}.`, "Policy does not let this person see the instance."],
      undefined,
    ],
  ])("%s", (_, decision, sentences, next) => {
    expect(explainTo(decision, {}, "running", "bob")).toMatchObject({ sentences, next });
  });
});
