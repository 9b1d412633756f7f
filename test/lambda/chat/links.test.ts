import { marshall } from "@aws-sdk/util-dynamodb";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { changeSuspension } from "../../../lambda/access/suspension.ts";
import { chatLinkStore } from "../../../lambda/aws/dynamodb/chat-link-table.ts";
import { eventReader } from "../../../lambda/aws/dynamodb/stream-record.ts";
import { suspensionStore } from "../../../lambda/aws/dynamodb/suspension-table.ts";
import { chatLinkKey, suspensionKey } from "../../../lambda/aws/dynamodb/table-keys.ts";
import { chatUserId } from "../../../lambda/chat/chat-user.ts";
import { link, personOf, unlink, unlinkSuspended, usersOf } from "../../../lambda/chat/links.ts";
import { boundTable } from "../../support/bound-table.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { problemFrom } from "../../support/problems.ts";
import { jsonError } from "../../support/scripted-server.ts";
import { testContext } from "../../support/test-context.ts";

const table = useEmbeddedTable();
const { service, applied, appliedThenLost } = table;
const ports = { links: chatLinkStore(boundTable), suspensions: suspensionStore(boundTable) };

const ofAlice = { chat: "slack", workspace: "T0LOCAL", user: "U0ALICE" };
const started = Date.parse("2026-01-02T03:04:05.678Z");
let now = new Date(started);
let requests = 0;
beforeEach(() => {
  now = new Date(started);
  requests = 0;
});
const context = () => testContext({ clock: () => now, requestId: `request-${++requests}` });
/** Somebody's act, a second after the one before. */
async function then<Result>(act: () => Promise<Result>): Promise<Result> {
  now = new Date(now.getTime() + 1000);
  return act();
}

const linked = (person = "alice", user = ofAlice) => then(() => link(ports, { user, person }, context()));
const unlinked = (user = ofAlice) => then(() => unlink(ports, user, context()));
const swept = (person = "alice") => then(() => unlinkSuspended(ports, person, context()));
const known = (user = ofAlice) => personOf(ports, user, context());
const users = async (person = "alice") => (await usersOf(ports, person, context())).map(chatUserId);
const stored = (user = ofAlice) => table.stored(chatLinkKey(chatUserId(user)));

async function suspended(callerId: string, isSuspended = true) {
  await then(async () => {
    const { signal } = new AbortController();
    const current = (await ports.suspensions.readSuspensions([callerId], signal)).get(callerId);
    const act = { actor: "bob", at: now, requestId: "suspension" };
    const change = changeSuspension(current, { callerId, isSuspended, reason: "INC-43" }, act);
    if (change) await ports.suspensions.writeSuspension(change, signal);
  });
}

describe("a user of a chat is nobody", () => {
  test.each<[sentence: string, before: () => Promise<unknown>]>([
    ["before they are linked", async () => {}],
    ["once the link is ended", () => linked().then(() => unlinked())],
    ["while their person is suspended", () => linked().then(() => suspended("alice"))],
    [
      "after their person was suspended and restored: they have to link again",
      () =>
        linked()
          .then(() => suspended("alice"))
          .then(() => suspended("alice", false)),
    ],
    ["whose namesake in another workspace is linked", () => linked("alice", { ...ofAlice, workspace: "T0OTHER" })],
    ["whose namesake in another chat is linked", () => linked("alice", { ...ofAlice, chat: "teams" })],
  ])("%s", async (_, before) => {
    await before();
    expect(await known()).toBeUndefined();
    expect(await users()).toEqual(expect.not.arrayContaining([chatUserId(ofAlice)]));
  });

  test.each([
    ["the link cannot be read", "GetItem", "upstream-unavailable"],
    ["it cannot be read whether their person is suspended", "BatchGetItem", "upstream-unavailable"],
  ])("if %s", async (_, failing, code) => {
    await linked();
    service.respondAlways((request) =>
      String(request.headers["x-amz-target"]).endsWith(`.${failing}`)
        ? Promise.resolve(jsonError("ProvisionedThroughputExceededException", 400))
        : applied(request),
    );
    expect(await problemFrom(() => known())).toMatchObject({ code });
  });

  test.each<[sentence: string, item: object]>([
    [
      "of a later format",
      { person: "alice", isLinked: true, changedAt: "2026-01-02T03:04:05.678Z", sequence: 1, v: 2 },
    ],
    ["without a person", { isLinked: true, changedAt: "2026-01-02T03:04:05.678Z", sequence: 1, v: 1 }],
  ])("if the link is an item %s", async (_, item) => {
    await table.seed([{ ...chatLinkKey(chatUserId(ofAlice)), ...item }]);
    expect(await problemFrom(() => known())).toMatchObject({ code: "internal" });
  });

  test.each(["U0/ALICE", "U0_ALICE", "", "../U0"])("with an id that is none: %j", async (user) => {
    await expect(known({ ...ofAlice, user })).rejects.toThrow("These are no ids of a chat");
    expect(service.requests).toEqual([]);
  });
});

describe("nobody is linked", () => {
  test("who is suspended", async () => {
    await suspended("alice");
    expect(await problemFrom(() => linked())).toMatchObject({ code: "caller-suspended" });
    expect(await stored()).toBeUndefined();
  });

  test("to a user who is another person's", async () => {
    await linked("bob");
    const before = await stored();
    expect(await linked("alice")).toBe(false);
    expect(await stored()).toEqual(before);
    expect([await known(), await users()]).toEqual(["bob", []]);
  });

  test("whom a suspension overtakes: it counts from when it was decided", async () => {
    service.respond(applied, applied, async (request) => {
      await suspended("alice");
      return applied(request);
    });
    await linked();
    expect(await stored()).toMatchObject({ isLinked: true });
    expect([await known(), await users()]).toEqual([undefined, []]);
  });
});

describe("a link", () => {
  test("is one write of one item, with its event, which belongs to the item", async () => {
    expect(await linked()).toBe(true);
    expect([await known(), await users()]).toEqual(["alice", ["slack/T0LOCAL/U0ALICE"]]);
    const writes = service.requests.filter(({ headers }) => /Update|Put/.test(String(headers["x-amz-target"])));
    expect(writes).toHaveLength(1);
    const item = await stored();
    const read = (image: object) =>
      eventReader("latchkey/test")({ dynamodb: { NewImage: marshall(image) as never } } as never);
    expect(read({ ...item })).toMatchObject({
      events: [
        {
          id: "slack_T0LOCAL_U0ALICE-1",
          type: "latchkey.chat.linked",
          subject: "chat-links/slack/T0LOCAL/U0ALICE",
          data: { sequence: 1, actor: "alice", subject: "alice", chatUser: "slack/T0LOCAL/U0ALICE" },
        },
      ],
      foreign: 0,
    });
    for (const other of [chatLinkKey("slack/T0LOCAL/U0BOB"), { person: "bob" }, suspensionKey("alice")])
      expect(read({ ...item, ...other })).toMatchObject({ events: [], foreign: 1 });
  });

  test("that is there already changes nothing", async () => {
    await linked();
    const before = await stored();
    expect(await linked()).toBe(true);
    expect(await stored()).toEqual(before);
  });

  test("that was written although its response was lost has been written once", async () => {
    service.respond(applied, applied, appliedThenLost);
    await linked();
    expect(await stored()).toMatchObject({ sequence: 1 });
  });

  test("is decided again if another was written meanwhile", async () => {
    service.respond(applied, applied, async (request) => {
      await linked("bob");
      return applied(request);
    });
    expect(await linked("alice")).toBe(false);
    expect(await known()).toBe("bob");
  });

  test("of a person with several users is one for each of them", async () => {
    const other = { ...ofAlice, workspace: "T0OTHER" };
    await linked();
    await linked("alice", other);
    expect(await users()).toEqual([chatUserId(other), chatUserId(ofAlice)]);
    await unlinked(other);
    expect([await users(), await known()]).toEqual([[chatUserId(ofAlice)], "alice"]);
  });

  test("is what counts, not what the index says", async () => {
    await linked();
    await table.seed([{ ...(await stored()), person: "bob" }]);
    expect(await users()).toEqual([]);
    await table.seed([{ ...(await stored()), person: "alice", isLinked: false }]);
    expect(await users()).toEqual([]);
  });

  test("ends once, by its user in the chat", async () => {
    expect(await unlinked()).toBe(false);
    await linked();
    expect([await unlinked(), await unlinked()]).toEqual([true, false]);
    expect(await stored()).toMatchObject({
      sequence: 2,
      events: [
        { type: "latchkey.chat.unlinked", data: { sequence: 2, actor: "alice", subject: "alice", via: "slack" } },
      ],
    });
    expect(await linked("bob")).toBe(true);
    expect(await known()).toBe("bob");
  });
});

describe("a suspension ends the links of its person", () => {
  const ends = { type: "latchkey.chat.unlinked", data: { sequence: 2, actor: "latchkey", subject: "alice" } };

  test("and the sweep records it, once", async () => {
    await linked();
    expect(await swept()).toBe(false);
    await suspended("alice");
    expect([await swept(), await swept()]).toEqual([true, false]);
    expect(await stored()).toMatchObject({ isLinked: false, events: [ends] });
  });

  test("also if the person is restored before the sweep", async () => {
    await linked();
    await suspended("alice");
    await suspended("alice", false);
    expect(await swept()).toBe(true);
    expect(await stored()).toMatchObject({ isLinked: false, events: [ends] });
  });

  test("and linking again, before the sweep, records it first", async () => {
    await linked();
    await suspended("alice");
    await suspended("alice", false);
    expect(await linked()).toBe(true);
    expect(await stored()).toMatchObject({ isLinked: true, sequence: 3, events: [{ type: "latchkey.chat.linked" }] });
    const written = service.requests.flatMap(({ body }) => /latchkey\.chat\.\w+/.exec(body) ?? []);
    expect(written.slice(-2)).toEqual(["latchkey.chat.unlinked", "latchkey.chat.linked"]);
    expect([await known(), await swept()]).toEqual(["alice", false]);
  });

  test("so that another person may take the user over", async () => {
    await linked();
    await suspended("alice");
    expect(await linked("bob")).toBe(true);
    expect([await known(), await swept()]).toEqual(["bob", false]);
  });
});
