import { beforeEach, describe, expect, test } from "@jest/globals";
import { accessTargetIdIn } from "../../../lambda/access/access-target.ts";
import { idempotentReview } from "../../../lambda/access/idempotent-operations.ts";
import { currentAccessKey } from "../../../lambda/aws/dynamodb/table-keys.ts";
import type { ChatInput, MessagePlace } from "../../../lambda/chat/chat-input.ts";
import { perform } from "../../../lambda/chat/perform.ts";
import { later } from "../../support/access-requests.ts";
import { accessSettings, callers, type Who } from "../../support/access-world.ts";
import { ChatWorld, onCall } from "../../support/chat-world.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { PlainChat } from "../../support/plain-chat.ts";
import { database } from "../../support/samples.ts";

const table = useEmbeddedTable();

let clicks = 0;
let world: ChatWorld;
let chat: PlainChat;
beforeEach(async () => {
  world = new ChatWorld();
  chat = new PlainChat();
  for (const who of ["alice", "bob", "erin", "dave", "carol"] as const) await world.link(who);
});

const statusOf = async (id: string) => (await world.access.get("alice", id)).status;

/** alice asks for an hour on prod-1, and the message about it is posted. */
async function asked(text = "ssh prod-1 as root for 1h because INC-42") {
  const { facts = [] } = await world.type(chat, "alice", text);
  const id = facts.find(({ name }) => name === "Request")?.value ?? "";
  await world.show(chat, id);
  const [message] = chat.in(onCall);
  if (!message) throw new Error("Nothing was posted");
  return { id, message, place: { channel: message.channel, ts: message.ts } };
}

interface Click {
  readonly action?: "approve" | "deny";
  readonly key?: string;
  readonly message?: MessagePlace;
  readonly at?: Date;
}

function click(who: string, claimedId: string, { action = "approve", key, message, at }: Click = {}) {
  const place = message ?? chat.in(onCall).at(-1) ?? { channel: "", ts: "" };
  const { channel, ts } = place;
  const input: ChatInput = {
    ...{ kind: "click", ...world.input(who), action, claimedId, message: { channel, ts } },
    ...(at && { receivedAt: at.toISOString() }),
  };
  const named = key ?? `chat-click-${++clicks}`;
  return perform(world.ports(chat), world.settings, { input, key: named }, world.context());
}

describe("a command", () => {
  test("asks, and the person hears who can approve", async () => {
    const told = await world.type(chat, "alice", "ssh prod-1 as root for 2h because INC-42");
    expect(told).toMatchObject({
      title: "Access asked for",
      facts: [
        { name: "Access", value: `root on prod-1 (${world.access.prod.instanceId})` },
        { name: "How long", value: "2h" },
        { name: "Status", value: expect.stringMatching(/^waits for 2 approvals, until 2026-01-02/) },
        { name: "Who can approve", value: "anyone in OnCall" },
        { name: "Request", value: expect.stringMatching(/^ar-/) },
      ],
    });
  });

  test("asks for an hour as the instance's default user, if it says neither", async () => {
    const { facts } = await world.type(chat, "alice", "ssh prod-1 because INC-42");
    expect(facts).toMatchObject([
      { value: expect.stringContaining("ec2-user on prod-1") },
      { value: "1h" },
      {},
      {},
      {},
    ]);
  });

  test("finds an instance by its id, with user and place as in ssh", async () => {
    const { instanceId } = world.access.prod;
    const told = await world.type(chat, "alice", `ssh root@${instanceId}@111122223333/us-east-1 because INC-42`);
    expect(told.facts?.[0]).toEqual({ name: "Access", value: `root on prod-1 (${instanceId})` });
  });

  test("that is delivered twice asks once", async () => {
    const once = await world.type(chat, "alice", "ssh prod-1 because INC-42", "chat-1-2-3-4");
    expect(await world.type(chat, "alice", "ssh prod-1 because INC-42", "chat-1-2-3-4")).toEqual(once);
  });

  test("says what to type if the person can connect already", async () => {
    expect(await world.type(chat, "alice", "ssh web-1")).toMatchObject({
      title: "You can connect already",
      commands: ["latchkey ssh i-0123456789abcdef0@111122223333/us-east-1 --os-user ec2-user"],
    });
  });

  test("shows what waits for the person's review, and what is theirs", async () => {
    await asked();
    const { facts: ofBob, commands } = await world.type(chat, "bob", "requests");
    expect(ofBob).toMatchObject([
      { name: "For you to review", value: expect.stringContaining("alice as root on prod-1") },
    ]);
    expect(commands).toEqual(["latchkey requests --reviewable"]);
    const { facts: ofAlice } = await world.type(chat, "alice", "requests");
    expect(ofAlice).toMatchObject([{ name: "Yours", value: expect.stringContaining("waits for 2 approvals") }]);
    const { facts: ofDave, notes } = await world.type(chat, "dave", "requests");
    expect([ofDave, notes]).toEqual([[], ["You have no open requests, and none waits for your review."]]);
  });

  test("ends the link", async () => {
    expect(await world.type(chat, "alice", "unlink")).toMatchObject({ title: "Unlinked" });
    expect(await world.type(chat, "alice", "unlink", "chat-again-1")).toMatchObject({ title: "You are not linked" });
    expect(await world.type(chat, "alice", "requests")).toMatchObject({ title: "Sign in first" });
  });
});

describe("a command is refused, and says why:", () => {
  test.each<[string, string, Who, string, readonly string[]]>([
    [
      "no such instance",
      "ssh prod-2 because INC-42",
      "alice",
      "Instance not found",
      ["The instance does not exist, or you may not see it."],
    ],
    [
      "only names like it",
      "ssh prod because INC-42",
      "alice",
      "Instance not found",
      ["The instance does not exist, or you may not see it. Did you mean prod-1?"],
    ],
    [
      "an instance that the person may not see",
      "ssh vault-1 because INC-42",
      "alice",
      "Instance not found",
      ["The instance does not exist, or you may not see it."],
    ],
    [
      "one by its id",
      "ssh i-0fedcba9876543210 because INC-42",
      "alice",
      "Instance not found",
      ["The instance does not exist, or you may not see it."],
    ],
    [
      "no reason",
      "ssh prod-1",
      "alice",
      "Why?",
      ["Say why you need access: end the command with “because” and the reason."],
    ],
    ["no length of time", "ssh prod-1 for ever because INC-42", "alice", "For how long?", ["Write 30m, 1h or 1h 30m."]],
    [
      "a user that no system has",
      "ssh prod-1 as ro/ot because INC-42",
      "alice",
      "Invalid request",
      ["Not valid: the OS user (wrong format)"],
    ],
    [
      "more than policy permits",
      "ssh prod-1 for 23h because INC-42",
      "alice",
      "Access denied",
      ["Policy permits access for at most 8h."],
    ],
    [
      "a reason of 3,000 characters",
      `ssh prod-1 because ${"x".repeat(3000)}`,
      "alice",
      "Invalid request",
      ["Not valid: the reason (too long)"],
    ],
    [
      "a reason that turns text",
      "ssh prod-1 because a\u202Eb",
      "alice",
      "Invalid request",
      ["Not valid: the reason (wrong format)"],
    ],
    [
      "a word that is no command",
      "reboot prod-1",
      "alice",
      "That is no command",
      expect.anything() as unknown as string[],
    ],
  ])("%s", async (_, text, who, title, notes) => {
    expect(await world.type(chat, who, text)).toMatchObject({ title, notes });
  });

  test("several instances of that name", async () => {
    world.access.fleet.push({ ...database, instanceId: "i-0d0000000000000a2" }, { ...database });
    expect(await world.type(chat, "alice", "ssh db-1")).toMatchObject({
      title: "Which instance?",
      notes: ["2 instances have that name. Name one by its id, such as i-0d0000000000000a2."],
      facts: [
        { name: "db-1 (i-0d0000000000000a2)", value: "running, of 111122223333 in us-east-1" },
        { name: "db-1 (i-0d0000000000000a1)", value: "running, of 111122223333 in us-east-1" },
      ],
    });
  });
});

describe("somebody who", () => {
  const signIn = [{ kind: "link", label: "Sign in", url: "https://slack.example.com/link" }];

  test("is not linked is asked to sign in, and nothing happens", async () => {
    const { id } = await asked();
    expect(await click("nobody", id)).toMatchObject({ title: "Sign in first", buttons: signIn });
    expect(await statusOf(id)).toBe("pending");
  });

  test("has not called for a day is asked to sign in again", async () => {
    const { id } = await asked();
    world.access.now = later(24 * 3600 + 1);
    expect(await click("bob", id)).toMatchObject({
      title: "Sign in first",
      notes: ["You have not used Latchkey for a while, and your groups may have changed. Sign in, then try again."],
      buttons: signIn,
    });
  });

  test("is suspended is nobody here", async () => {
    const { id } = await asked();
    await world.access.suspend("erin", "bob");
    expect(await click("bob", id)).toMatchObject({ title: "Sign in first" });
    expect(await statusOf(id)).toBe("pending");
  });
});

describe("a click", () => {
  test("of the last reviewer starts access", async () => {
    const { id } = await asked();
    expect(await click("bob", id)).toMatchObject({
      title: "You approved it",
      notes: [expect.stringMatching(/^The access request of alice is now: waits for 1 approval, until /)],
    });
    expect(await click("erin", id)).toMatchObject({
      notes: [expect.stringMatching(/^The access request of alice is now: active until /)],
    });
    expect(await statusOf(id)).toBe("active");
  });

  test("denies", async () => {
    const { id } = await asked();
    expect(await click("bob", id, { action: "deny" })).toMatchObject({ title: "You denied it" });
    expect(await statusOf(id)).toBe("denied");
  });

  test("leaves a review by that person, whose event says where it was", async () => {
    const { id } = await asked();
    await click("bob", id);
    const { reviews } = await world.access.get("alice", id);
    expect(reviews).toMatchObject([{ reviewer: "bob", decision: "approve" }]);
    expect(await table.stored(currentAccessKey(accessTargetIdIn(id) ?? ""))).toMatchObject({
      events: [{ type: "latchkey.review.submitted", data: { actor: "bob", via: "plain" } }],
    });
  });

  test("that is delivered twice reviews once, and says the same", async () => {
    const { id } = await asked("ssh prod-1 because INC-42");
    const once = await click("bob", id, { key: "chat-1-2-3-4" });
    expect(once).toMatchObject({ title: "You approved it" });
    expect(await click("bob", id, { key: "chat-1-2-3-4" })).toEqual(once);
  });

  test("counts once of ten at once, and each of the others hears why it did not", async () => {
    const { id } = await asked();
    const told = await Promise.allSettled(Array.from({ length: 10 }, () => click("bob", id)));
    const titles = told.map((one) => (one.status === "fulfilled" ? one.value.title : String(one.reason)));
    expect(titles.filter((title) => title === "You approved it")).toHaveLength(1);
    expect(new Set(titles)).toEqual(new Set(["You approved it", "Already reviewed"]));
    expect((await world.access.get("alice", id)).reviews).toHaveLength(1);
  });
});

describe("a click changes nothing, and says why:", () => {
  const notThis = "This message is not the one about that access request.";
  test.each<[string, (id: string) => Promise<unknown>, string, string]>([
    [
      "by the asker",
      (id) => click("alice", id),
      "Own access request",
      "You cannot review an access request that you made or that gives you access, under any role.",
    ],
    [
      "by somebody who may not review",
      (id) => click("dave", id),
      "Reviewer not allowed",
      "Policy does not let you review this access request.",
    ],
    [
      "by somebody who may not see the instance",
      (id) => click("carol", id),
      "Access request not found",
      "The access request does not exist, or you may not see it.",
    ],
    [
      "with the id of another request",
      () => click("bob", "ar-00000000000000000000000000000000-000000000000"),
      "Access request not found",
      notThis,
    ],
    ["with no id", () => click("bob", "<!channel>"), "Access request not found", notThis],
    [
      "from another message",
      (id) => click("bob", id, { message: { channel: "C0ONCALL", ts: "99" } }),
      "Access request not found",
      notThis,
    ],
    [
      "about an extension that there is not",
      (id) => click("bob", `${id}/ex-000000000000`),
      "Access request not pending",
      "It has been decided or cancelled, or has expired.",
    ],
    [
      "half an hour after it was made",
      (id) => click("bob", id, { at: later(-1801) }),
      "This took too long",
      "Latchkey got it too late to act on it. “/latchkey requests” shows where requests stand.",
    ],
  ])("%s", async (_, act, title, note) => {
    const { id } = await asked();
    expect(await act(id)).toMatchObject({ title, notes: [note] });
    expect(await world.access.get("alice", id)).toMatchObject({ status: "pending", reviews: [] });
  });

  test.each<[string, (id: string) => Promise<unknown>]>([
    ["after a denial", (id) => world.access.review("erin", id, "deny")],
    ["after a cancellation", (id) => world.access.cancel("alice", id)],
    [
      "after it has expired",
      async () => {
        world.access.now = later(3600);
      },
    ],
  ])("%s", async (_, change) => {
    const { id } = await asked();
    await change(id);
    expect(await click("bob", id)).toMatchObject({
      title: "Access request not pending",
      notes: ["It has been decided or cancelled, or has expired."],
    });
  });

  test("on an old view of a request whose extension now waits for review", async () => {
    const { id } = await asked();
    await world.access.review("bob", id);
    await world.access.review("erin", id);
    await world.access.extend("alice", id);
    expect(await click("bob", id)).toMatchObject({ title: "Access request not pending" });
    const { extension } = await world.access.get("alice", id);
    expect(extension).toMatchObject({ status: "pending", reviews: [] });
    await world.show(chat, id);
    const [approve] = chat.in(onCall)[0]?.message.buttons ?? [];
    expect(approve).toEqual({ kind: "approve", value: `${id}/${extension?.id}` });
    expect(await click("bob", `${id}/${extension?.id}`)).toMatchObject({ title: "You approved it" });
  });
});

test("a click on an extension that was interrupted is done again, though its reviewer has approved the request", async () => {
  const { id } = await asked();
  await world.access.review("bob", id);
  await world.access.review("erin", id);
  await world.access.extend("alice", id);
  const { extension } = await world.access.get("alice", id);
  const input = { caller: callers.bob, id, decision: "approve", about: { extensionId: extension?.id } } as const;
  const attempt = { resultId: "1", isRepeated: true };
  const operation = idempotentReview(world.access.ports, accessSettings);
  const reviewed = await operation.run(input, world.access.context(), attempt);
  expect(reviewed.extension?.reviews).toMatchObject([{ reviewer: "bob", decision: "approve" }]);
});

test("a click on a message that is not recorded yet is tried again", async () => {
  const { facts = [] } = await world.type(chat, "alice", "ssh prod-1 because INC-42");
  const id = facts.find(({ name }) => name === "Request")?.value ?? "";
  chat.during = () => new Promise(() => {});
  void world.show(chat, id);
  while (chat.calls.length === 0) await new Promise(setImmediate);
  await expect(click("bob", id, { message: { channel: "C0ONCALL", ts: "1" } })).rejects.toMatchObject({
    retryAfter: 3,
  });
});
