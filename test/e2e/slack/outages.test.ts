import { describe, expect, test } from "@jest/globals";
import { signed, slashCommand } from "../../../local/slack/requests.ts";
import { makeAccessRequest, readAccessRequest, review } from "../../support/access-client.ts";
import { onlyAnnouncement, useSlack, wordsOf } from "../../support/slack/use-slack.ts";

const slack = useSlack();
const { local } = slack;
const url = () => local.stack.url;
const settled = () => local.stack.settled();

/** Alice's request for prod-1 by the API, whose message the chat posts once it can. */
async function ask() {
  const { id } = await makeAccessRequest(url(), "alice");
  await settled();
  return id;
}
const callsOf = (method: string) => slack.slack.calls.filter((call) => call.method === method);

describe("no message is lost, and none comes twice,", () => {
  test("while Slack limits calls: it is called again when it says, and not before", async () => {
    slack.slack.faults.set({ kind: "limited", retryAfter: 42 });
    const id = await ask();
    const before = callsOf("chat.postMessage").length;
    await slack.redelivery.pass(41, settled);
    expect(callsOf("chat.postMessage")).toHaveLength(before);
    slack.slack.faults.clear();
    await slack.redelivery.pass(2, settled);
    expect(wordsOf(await onlyAnnouncement(slack))).toContain(id);
  });

  test("while it is down for ten minutes, in which a request is approved and used", async () => {
    slack.slack.faults.set({ kind: "down" });
    const id = await ask();
    await review(url(), "bob", id, "approve");
    await slack.redelivery.pass(600, settled);
    expect(await readAccessRequest(url(), "alice", id)).toMatchObject({ status: "active" });
    expect(await slack.messages()).toEqual([]);
    slack.slack.faults.clear();
    await slack.redelivery.pass(600, settled);
    expect(wordsOf(await onlyAnnouncement(slack))).toMatch(/approved.*bob/is);
    expect((await slack.toldTo("U0ALICE")).filter((text) => text.includes("latchkey ssh"))).toHaveLength(1);
  });

  test.each(["chat.postMessage", "chat.update"])("if the response to %s is lost", async (method) => {
    slack.slack.faults.set({ kind: "lost" }, { methods: [method], times: 1 });
    const id = await ask();
    await review(url(), "bob", id, "approve");
    await settled();
    await slack.redelivery.pass(600, settled);
    expect(wordsOf(await onlyAnnouncement(slack))).toMatch(/approved.*bob/is);
    expect((await slack.toldTo("U0ALICE")).filter((text) => text.includes("latchkey ssh"))).toHaveLength(1);
  });

  test("if every second response is lost", async () => {
    slack.slack.faults.set({ kind: "lost" }, { every: 2 });
    const id = await ask();
    await review(url(), "bob", id, "approve");
    await settled();
    await slack.redelivery.pass(3600, settled);
    expect(wordsOf(await onlyAnnouncement(slack))).toMatch(/approved.*bob/is);
    expect((await slack.toldTo("U0ALICE")).filter((text) => text.includes("latchkey ssh"))).toHaveLength(1);
  });

  test("if events come in another order, and twice", async () => {
    const delivered: string[] = [];
    local.stack.bus.addRule({}, (event) => delivered.push(JSON.stringify(event)));
    const id = await ask();
    await review(url(), "bob", id, "approve");
    await settled();
    const shown = await onlyAnnouncement(slack);
    await local.stack.chatEvents?.send(delivered.toReversed());
    await local.stack.chatEvents?.send(delivered);
    expect(await onlyAnnouncement(slack)).toEqual(shown);
    expect((await slack.toldTo("U0ALICE")).filter((text) => text.includes("latchkey ssh"))).toHaveLength(1);
  });
});

describe("what somebody does in Slack", () => {
  test("is answered while Slack is slow: the door does not wait for it", async () => {
    const { promise: until, resolve: goOn } = Promise.withResolvers<void>();
    slack.slack.faults.set({ kind: "slow", until });
    const request = signed(slashCommand("U0ALICE", "ssh prod-1 because INC-50"));
    expect((await fetch(local.stack.slackUrl ?? "", { method: "POST", ...request })).status).toBe(200);
    goOn();
    await settled();
    expect(await slack.toldTo("U0ALICE")).toHaveLength(1);
    expect(await slack.announced()).toHaveLength(1);
  });

  test("is done once while responses are lost", async () => {
    const id = await ask();
    const message = await onlyAnnouncement(slack);
    slack.slack.faults.set({ kind: "lost" }, { methods: ["response_url"], times: 1 });
    await slack.press("U0BOB", message, "approve");
    await slack.redelivery.pass(600, settled);
    const { status, reviews } = await readAccessRequest(url(), "alice", id);
    expect({ status, reviewers: reviews.map(({ reviewer }) => reviewer) }).toEqual({
      status: "active",
      reviewers: ["bob"],
    });
  });
});

test("a message that somebody has deleted is not missed", async () => {
  const id = await ask();
  const { channel, ts } = await onlyAnnouncement(slack);
  slack.slack.messages.delete(channel, ts);
  await review(url(), "bob", id, "approve");
  await settled();
  await slack.redelivery.pass(600, settled);
  expect(await slack.announced()).toEqual([]);
  expect(slack.redelivery.waiting).toBe(0);
});
