import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { ChatFault } from "../../../lambda/chat/chat.ts";
import { type RunningSlack, startSlack } from "../../../local/slack/slack.ts";
import { later } from "../../support/access-requests.ts";
import { callers, type Who } from "../../support/access-world.ts";
import { ChatWorld, onCall } from "../../support/chat-world.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { type WatchedChat, watchedPlainChat, watchedSlack } from "../../support/watched-chat.ts";

useEmbeddedTable();

let slack: RunningSlack;
beforeAll(async () => {
  slack = await startSlack(0, () => later(0));
});
afterAll(() => slack.stop());

// What a chat is to the stories is proven by two of them.
describe.each<[string, () => Promise<WatchedChat>]>([
  ["the plain chat", async () => watchedPlainChat()],
  [
    "Slack",
    async () => {
      await slack.stop();
      slack = await startSlack(0, () => later(0));
      return watchedSlack(slack);
    },
  ],
])("in %s", (_, open) => {
  let world: ChatWorld;
  let watched: WatchedChat;
  beforeEach(async () => {
    watched = await open();
    world = new ChatWorld(watched.name);
    for (const who of ["alice", "bob"] as const) await world.link(who);
  });

  const alice = () => ({ user: world.userOf("alice") });
  const ask = async (who: Who, body = {}) => (await world.access.create(who, { osUser: "root", ...body })).id;
  const show = async (id: string) => world.show(watched.chat, id);
  /** As the queue does: until it succeeds, with time going by. */
  const showUntilDone = async (id: string) => {
    for (let attempt = 1; attempt <= 50; attempt += 1) {
      const error = await show(id).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) return;
      if (!(error instanceof ChatFault) || error.retryAfter === undefined) throw error;
      world.access.now = new Date(world.access.now.getTime() + error.retryAfter * 1000);
    }
    throw new Error("It never succeeds");
  };

  test("a request is announced with its buttons, and shows what becomes of it in the same message", async () => {
    const id = await ask("alice");
    await show(id);
    expect(watched.shown(onCall)).toEqual(["Access request approve deny"]);
    await world.access.review("bob", id);
    await show(id);
    expect(watched.textOf(onCall)).toContain("1 of 2");
    await world.access.review("erin", id);
    await show(id);
    expect(watched.shown(onCall)).toEqual(["Access approved"]);
    await world.access.extend("alice", id);
    await show(id);
    expect(watched.shown(onCall)).toEqual(["More time asked for approve deny"]);
    await world.access.review("bob", id);
    await world.access.review("erin", id);
    await show(id);
    expect(watched.shown(onCall)).toEqual(["Access extended"]);
    await world.access.revoke("alice", id);
    await show(id);
    expect(watched.shown(onCall)).toEqual(["Access revoked"]);
  });

  test.each<[string, (id: string) => Promise<unknown>, string]>([
    ["denied", (id) => world.access.review("bob", id, "deny"), "Access denied"],
    ["cancelled", (id) => world.access.cancel("alice", id), "Access request cancelled"],
    [
      "expired",
      async () => {
        world.access.now = later(3601);
      },
      "Access request expired",
    ],
  ])("one that is %s has no buttons", async (_status, change, title) => {
    const id = await ask("alice");
    await show(id);
    await change(id);
    await show(id);
    expect(watched.shown(onCall)).toEqual([title]);
  });

  test("the asker is told the next step once, however often it is shown", async () => {
    const id = await ask("alice");
    await show(id);
    expect(watched.shown(alice())).toEqual([]);
    await world.access.review("bob", id);
    await world.access.review("erin", id);
    await show(id);
    await show(id);
    expect(watched.shown(alice())).toEqual(["Your access is approved"]);
    expect(watched.textOf(alice())).toContain(
      `latchkey ssh ${world.access.prod.instanceId}@111122223333/us-east-1 --os-user root`,
    );
  });

  test("somebody for whom a bot asks is told who asks, and what becomes of it", async () => {
    const id = await ask("chatbot", { subject: "alice" });
    await show(id);
    expect(watched.shown(alice())).toEqual(["Access asked for"]);
    expect(watched.textOf(alice())).toContain("111122223333/ChatBot has asked for access for you");
    expect(watched.textOf(alice())).toContain(`root on prod-1 (${world.access.prod.instanceId})`);
    await world.access.review("bob", id, "deny", "not now");
    await show(id);
    expect(watched.shown(alice())).toEqual(["Access asked for", "Your access was denied"]);
  });

  test("somebody who may not see the instance is not told its name", async () => {
    const id = await ask("chatbot", { subject: "alice" });
    const guest = { ...callers.alice, groups: ["Guest"] };
    await world.people.refresh(guest, later(1), AbortSignal.timeout(1000));
    await show(id);
    expect(watched.textOf(alice())).toContain(`root on ${world.access.prod.instanceId}`);
    expect(watched.textOf(alice())).not.toContain("prod-1");
  });

  test("break-glass is marked, and nobody can review it", async () => {
    const id = await ask("bob", { breakGlass: true, osUser: "ec2-user" });
    await show(id);
    expect(watched.shown(onCall)).toEqual(["Break-glass: access approved"]);
    expect(watched.textOf(onCall)).toContain("nothing: it was taken by break-glass");
  });

  test("what needs no approval is not announced", async () => {
    const id = await ask("alice", { instanceId: "i-0123456789abcdef0", osUser: "ec2-user" });
    await show(id);
    expect(watched.shown(onCall)).toEqual([]);
  });

  test("what people write is shown exactly, and is nothing else", async () => {
    const reason = "<!channel> *now* https://evil.example & שלום";
    const id = await ask("alice", { reason });
    await show(id);
    expect(watched.textOf(onCall)).toContain(JSON.stringify(reason).slice(1, -1));
  });

  test.each(["down", "lost"] as const)("nothing is missing or twice after it was %s for ten minutes", async (how) => {
    const id = await ask("alice");
    watched.fail(how);
    const began = world.access.now.getTime();
    while (world.access.now.getTime() - began < 600_000) {
      await expect(show(id)).rejects.toMatchObject({ retryAfter: expect.any(Number) });
      world.access.now = new Date(world.access.now.getTime() + 60_000);
      if (world.access.now.getTime() - began === 300_000) await world.access.review("bob", id);
      if (world.access.now.getTime() - began === 480_000) await world.access.review("erin", id);
    }
    watched.fail(undefined);
    await showUntilDone(id);
    expect(watched.shown(onCall)).toEqual(["Access approved"]);
    expect(watched.shown(alice())).toEqual(["Your access is approved"]);
  });
});
