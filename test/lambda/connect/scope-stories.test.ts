import { beforeEach, describe, expect, test } from "@jest/globals";
import { accessTargetIdIn } from "../../../lambda/access/access-target.ts";
import { revokeAccessRequest } from "../../../lambda/access/end.ts";
import { expireIfDue } from "../../../lambda/access/expire.ts";
import { reserveAccess } from "../../../lambda/access/reserve-access.ts";
import { accessReader } from "../../../lambda/aws/dynamodb/access-reads.ts";
import { reservationStore } from "../../../lambda/aws/dynamodb/access-table.ts";
import { connectReads } from "../../../lambda/aws/dynamodb/connect-reads.ts";
import { peopleTable } from "../../../lambda/aws/dynamodb/person-table.ts";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import { secondsAfter } from "../../../lambda/shared/time.ts";
import { later } from "../../support/access-requests.ts";
import { AccessWorld, accessSettings, callers, type Who } from "../../support/access-world.ts";
import { boundTable } from "../../support/bound-table.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { fakeConnectPorts } from "../../support/fake-connect-ports.ts";
import { engineWith, schema } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";

// What people do, from the request by tags to the connection: state machine, table and connection are the real ones. scopes.test.ts has
// what a single stored request is worth.

/** Production takes one approval, and two where it is critical; engineers too may see it and ask. */
const policy = engineWith(
  {
    all: `permit (principal, action, resource)
      unless { [Latchkey::Action::"connect", Latchkey::Action::"review"].contains(action) };`,
    connect: `permit (principal is Latchkey::Person, action == Latchkey::Action::"connect", resource)
      when { resource.hasTag("env") && resource.getTag("env") == "prod" && context has access &&
        (context.access.approvals >= 2 || (context.access.approvals >= 1 && !resource.hasTag("critical")) ||
         context.access.integrations.containsAll(["roster", "ticket"])) };`,
    review: `permit (principal, action == Latchkey::Action::"review", resource)
      unless { principal in Latchkey::Group::"Engineer" };`,
  },
  schema,
  ["roster", "ticket"],
);

useEmbeddedTable();
const { signal } = new AbortController();
let world: AccessWorld;
beforeEach(() => {
  world = new AccessWorld(policy);
});

const prod = { tags: { env: "prod" } };
const critical = { tags: { env: "prod", critical: "yes" } };
const ask = async (body: object = {}, who: Who = "alice") =>
  (await world.create(who, { scope: prod, subject: "alice", ...body })).id;
/** A review by a caller who is remembered, as every caller is. */
async function review(who: Who, id: string, decision: "approve" | "deny" = "approve", seconds?: number) {
  await called(who);
  return world.review(who, id, decision, undefined, seconds);
}
const called = (who: Who) => peopleTable(boundTable).refresh(callers[who], world.now, signal);
/** alice's access to all of prod for an hour, which bob has approved at once. */
async function active(body: object = {}, who: Who = "alice") {
  const id = await ask(body, who);
  await review("bob", id);
  return id;
}
async function extending() {
  const id = await active();
  await world.extend("alice", id);
  return id;
}
async function extended(seconds?: number) {
  const id = await extending();
  await review("bob", id, "approve", seconds);
  return id;
}
/** An hour that starts in two. */
const scheduled = () => active({ startsAt: later(7200).toISOString() });
const at = (seconds: number) => {
  world.now = later(seconds);
};
const sweep = (id: string) => expireIfDue(world.store, accessTargetIdIn(id) ?? "", world.context());
/** Here two approvals are needed. */
const makeCritical = () => {
  world.prod = { ...world.prod, tags: { ...world.prod.tags, ...critical.tags } };
};
const refused = async (code: string, act: () => Promise<unknown>) =>
  expect(await problemFrom(act)).toMatchObject({ code });

function connect() {
  const fake = fakeConnectPorts({ policy, instance: world.prod, now: world.now });
  const store = { ...reservationStore(boundTable), ...accessReader(boundTable) };
  const access = {
    ...connectReads(boundTable),
    reserveAccess: (...[reservation, until]: Parameters<typeof fake.ports.access.reserveAccess>) =>
      reserveAccess(store, reservation, until),
  };
  // Half a day, so that access can outlive what is known of its reviewer.
  const settings = { ...connectSettings, scopeTags: accessSettings.scopeTags, rememberedFor: 43_200 };
  const input = connectionInput({ osUser: "ec2-user" }, world.prod.instanceId);
  return makeConnection(
    { ...fake.ports, access },
    settings,
    input,
    world.context({ deadlineAt: secondsAfter(world.now, 20) }),
  );
}

describe("access by tags does not help", () => {
  test.each<[sentence: string, story: () => Promise<unknown>]>([
    ["at its end", () => active().then(() => at(3600))],
    [
      "at the end to which its reviewer has shortened it",
      async () => {
        await review("bob", await ask(), "approve", 600);
        at(600);
      },
    ],
    [
      "at the end of the shortest of two approvals",
      async () => {
        const id = await ask({ scope: critical });
        await review("bob", id, "approve", 1800);
        await review("erin", id, "approve", 600);
        makeCritical();
        at(600);
      },
    ],
    [
      "once its end was recorded, though the clock has gone back before it",
      async () => {
        const id = await active();
        at(3600);
        await sweep(id);
        at(60);
      },
    ],
    ["a second before its start", () => scheduled().then(() => at(7199))],
    [
      "once its start was recorded, if the clock has gone back before it",
      async () => {
        const id = await scheduled();
        at(7200);
        await sweep(id);
        at(7199);
      },
    ],
    [
      "at the end that its start has set, though it was approved half an hour late",
      async () => {
        const id = await ask({ startsAt: later(120).toISOString() });
        at(120 + 1800);
        await review("bob", id);
        at(120 + 3600);
      },
    ],
    ["once it was cancelled before its start", () => scheduled().then((id) => ended(() => world.cancel("alice", id)))],
    ["once it was revoked before its start", () => scheduled().then((id) => ended(() => world.revoke("bob", id)))],
    ["at its end, while its extension is pending", () => extending().then(() => at(3600))],
    [
      "at its end, if its extension was denied",
      async () => {
        await review("erin", await extending(), "deny");
        at(3600);
      },
    ],
    [
      "at its end, if its extension was cancelled",
      async () => {
        await world.cancel("alice", await extending());
        at(3600);
      },
    ],
    [
      "at its end, if its extension came too late",
      async () => {
        const id = await active();
        at(3600);
        await refused("request-not-active", () => world.extend("alice", id));
      },
    ],
    ["at its extended end", () => extended().then(() => at(5400))],
    ["at the end to which the reviewer has shortened its extension", () => extended(600).then(() => at(4200))],
    ["once it was revoked, though its extension was approved", () => extended().then((id) => world.revoke("bob", id))],
    [
      "once it was revoked, while its extension is pending, which nobody can approve then",
      async () => {
        const id = await extending();
        await world.revoke("alice", id);
        await refused("request-not-pending", () => review("erin", id));
      },
    ],
    [
      "once it was revoked by right of one instance that it covers",
      async () => {
        const id = await active();
        const input = { caller: callers.bob, id, instanceId: world.prod.instanceId };
        await revokeAccessRequest(world.ports, accessSettings, input, world.context());
      },
    ],
    [
      "once it has ended, and its slot has another request",
      async () => {
        await world.revoke("alice", await active());
        await active({ scope: { tags: { env: "prod", team: "web" } } });
      },
    ],
    [
      "if it was denied after a first approval",
      async () => {
        const id = await ask({ scope: critical });
        await review("bob", id);
        await review("erin", id, "deny");
        makeCritical();
      },
    ],
    [
      "if its reviewer was suspended since",
      async () => {
        await active();
        at(1);
        await world.suspend("erin", "bob");
        at(2);
      },
    ],
    [
      "if its reviewer was suspended since, and restored",
      async () => {
        await active();
        at(1);
        await world.suspend("erin", "bob");
        at(2);
        await world.suspend("erin", "bob", false);
        at(3);
      },
    ],
    [
      "if the bot that asked for it was suspended since",
      async () => {
        await active({}, "chatbot");
        at(1);
        await world.suspend("erin", callers.chatbot.id);
        at(2);
      },
    ],
    [
      "if the reviewer of its extension was suspended since",
      async () => {
        await review("erin", await extending());
        at(1);
        await world.suspend("bob", "erin");
        at(2);
      },
    ],
    [
      "if its reviewer has called in another group since",
      async () => {
        await active();
        at(1);
        await called("bob as Engineer");
      },
    ],
    [
      "if its reviewer has not called for as long as people are remembered",
      async () => {
        await active({ durationSeconds: 86_400 });
        at(43_200);
      },
    ],
    [
      "with the approvals of an end that was extended by one",
      async () => {
        const id = await active();
        await review("erin", id);
        await world.extend("alice", id);
        await review("bob", id);
        makeCritical();
      },
    ],
    [
      "if its reviewer approved twice, under another role",
      async () => {
        const id = await active();
        await refused("already-reviewed", () => review("bob of another account", id));
        makeCritical();
      },
    ],
    [
      "if its subject approved it, under another role",
      async () => {
        const id = await ask();
        await refused("self-review", () => review("alice as OnCall", id));
      },
    ],
    [
      "if an engineer wanted to approve it",
      async () => {
        const id = await ask();
        await refused("reviewer-not-allowed", () => review("dave", id));
      },
    ],
    [
      "if a machine that is no integration wanted to approve it",
      async () => {
        const id = await ask();
        await refused("reviewer-not-allowed", () => world.review("a machine of OnCall", id));
      },
    ],
    [
      "if a bot that asked at one door wanted to approve at the other, beside another integration",
      async () => {
        const id = await ask({}, "roster");
        await world.review("ticket", id);
        await refused("self-review", () => world.review("roster by the other door", id));
      },
    ],
    [
      "if one integration wanted to approve under two identities",
      async () => {
        const id = await ask();
        await world.review("roster", id);
        await refused("already-reviewed", () => world.review("roster by the other door", id));
      },
    ],
    [
      "with the approvals of integrations where policy counts people",
      async () => {
        const id = await ask({ scope: critical });
        await review("bob", id);
        await world.review("roster", id);
        makeCritical();
      },
    ],
    [
      "with what nobody was given: break-glass",
      () => refused("invalid-request", () => ask({ subject: undefined, breakGlass: true }, "alice")),
    ],
  ])("%s", async (_, story) => {
    await story();
    await refused("approval-required", connect);
  });
});

/** Ends it, then lets the time come at which it would have started. */
async function ended(end: () => Promise<unknown>): Promise<void> {
  await end();
  at(7200);
}

describe("access by tags helps", () => {
  test.each<[sentence: string, story: () => Promise<unknown>]>([
    ["a second before its end", () => active().then(() => at(3599))],
    ["from its start on, before anything has recorded that", () => scheduled().then(() => at(7200))],
    ["as long as its extension waits, until its own end", () => extending().then(() => at(3599))],
    ["a second before its extended end", () => extended().then(() => at(5399))],
    ["until the end that an extension has set, which was shortened", () => extended(600).then(() => at(4199))],
    [
      "while its reviewer is remembered",
      async () => {
        await active({ durationSeconds: 86_400 });
        at(43_199);
      },
    ],
    [
      "after a further approval where two are needed",
      async () => {
        await review("erin", await active());
        makeCritical();
      },
    ],
    [
      "once two integrations have approved",
      async () => {
        const id = await ask();
        await world.review("roster by the other door", id);
        await world.review("ticket", id);
      },
    ],
  ])("%s", async (_, story) => {
    await story();
    expect(await connect()).toMatchObject({ accessRequestId: expect.stringMatching(/^ar-/) });
  });
});
