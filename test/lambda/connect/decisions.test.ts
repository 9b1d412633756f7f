import { beforeEach, describe, expect, test } from "@jest/globals";
import { readBudget } from "../../../bench/budget.ts";
import type { AccessRequest, Review } from "../../../lambda/access/access-request.ts";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import type { Decider, PolicyEngine } from "../../../lambda/policy/engine.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { activeAccess } from "../../support/fake-access-table.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { engineWith } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, web } from "../../support/samples.ts";

const { decisions: budget } = await readBudget();

const isIn = (env: string) => `resource.hasTag("env") && resource.getTag("env") == "${env}"`;
const engine = engineWith({
  view: `permit (principal, action == Latchkey::Action::"view", resource) unless { ${isIn("secret")} };`,
  dev: `permit (principal, action == Latchkey::Action::"connect", resource) when { ${isIn("dev")} };`,
  prod: `permit (principal, action == Latchkey::Action::"connect", resource)
    when { ${isIn("prod")} && context has access && context.access.approvals >= 2 };`,
  request: 'permit (principal, action == Latchkey::Action::"request", resource);',
  review: 'permit (principal in Latchkey::Group::"OnCall", action == Latchkey::Action::"review", resource);',
});

/** The actions that were evaluated, and by which policies if not by those that are deployed. */
let asked: string[] = [];
const counting = <Of extends Decider>(of: Of, as = ""): Of => ({
  ...of,
  decide(question: Parameters<Decider["decide"]>[0]) {
    asked.push(`${question.action}${as}`);
    return of.decide(question);
  },
});
const counted: PolicyEngine = {
  ...counting(engine),
  derive: (name, change) => counting(engine.derive(name, change), `, ${name}`),
};

const reviewed = (reviewer: string, groups: readonly string[] = ["OnCall"]): Review => ({
  ...{ reviewer, decision: "approve", at: "2026-01-02T03:00:00.000Z" },
  basis: {
    ...{ kind: "person", groups },
    context: {
      ...{ scope: "tags", osUser: "ec2-user", subject: "alice", requestedBy: "alice", breakGlass: false },
      time: { epoch: 1_767_322_800, hour: 12, weekday: 5 },
    },
  },
});
const people = ["bob", "erin"].map((id) => ({
  ...{ id, kind: "person" as const, groups: ["OnCall"], frontDoor: "iam" as const },
  seenAt: "2026-01-02T02:00:00.000Z",
}));
const access = (changes: Partial<AccessRequest>) =>
  activeAccess({ reviews: ["bob", "erin"].map((reviewer) => reviewed(reviewer)), ...changes });
const byTags = { scope: { tags: { env: "prod" } } };

/** Makes a connection to an instance of an environment, or is refused. */
async function connect(env: string, world: World = {}) {
  const fake = fakeConnectPorts({ policy: counted, people, instance: { ...web, tags: { env } }, ...world });
  const input = { ...connectionInput({ osUser: "ec2-user" }), caller: alice };
  return makeConnection(fake.ports, { ...connectSettings, scopeTags: ["env"] }, input, fake.context);
}

describe("a connection is decided within the budget", () => {
  beforeEach(() => {
    asked = [];
  });
  const [view, connecting] = ["view", "connect"];
  const review = ["view", "review"];

  test.each<[sentence: string, kind: keyof typeof budget, act: () => Promise<unknown>, questions: readonly string[]]>([
    ["one that needs no access", "permitted", () => connect("dev"), [view, connecting]],
    [
      "one under access to the instance",
      "underAccess",
      () => connect("prod", { accessRequests: [access({})] }),
      [view, connecting, connecting],
    ],
    [
      "one under access by tags: each of two reviewers is evaluated once, whose groups are those of then",
      "underTags",
      () => connect("prod", { accessRequests: [access(byTags)] }),
      [view, connecting, ...review, ...review, connecting],
    ],
    ["one to an instance that the caller may not see", "unseen", () => problemFrom(() => connect("secret")), [view]],
    [
      "one that no approvals help: more than any policy tells apart are not tried",
      "denied",
      () => problemFrom(() => connect("test")),
      [view, connecting, ...Array(4).fill(connecting)],
    ],
  ])("%s", async (_, kind, act, questions) => {
    await act();
    expect([...asked].sort()).toEqual([...questions].sort());
    expect(asked).toHaveLength(budget[kind].count);
  });

  test("one that needs approvals: the search for them, and for who gives them", async () => {
    expect(await problemFrom(() => connect("prod"))).toMatchObject({ requirements: { approvals: 2 } });
    const own = asked.filter((question) => !question.includes(","));
    // By itself, with 0, 1 and 2 approvals, and with these and no reason.
    expect(own).toEqual([view, ...Array(5).fill(connecting), "request"]);
    expect(asked).toHaveLength(budget.approvalRequired.count);
  });

  test.each([
    ["", ["OnCall"], ["OnCall", "Engineer"]],
    [", even if their names look alike together", ["OnCall", "a", "b"], ["OnCall", "a,b"]],
  ])("a reviewer whose groups have changed counts by those of then and those of now%s", async (_, now, then) => {
    const reviews = [reviewed("bob", now), reviewed("erin", then)];
    const changed = people.map((person) => ({ ...person, groups: now }));
    await connect("prod", { accessRequests: [access({ ...byTags, reviews })], people: changed });
    expect(asked.filter((question) => question === "review")).toHaveLength(3);
  });
});
