import { describe, expect, test } from "@jest/globals";
import { buttonPress, signed, slashCommand } from "../../../local/slack/requests.ts";
import { end, makeAccessRequest, readAccessRequest } from "../../support/access-client.ts";
import { callApi } from "../../support/api-client.ts";
import { runOnClientMachine } from "../../support/client-process.ts";
import { buttonsOf, onlyAnnouncement, useSlack, wordsOf } from "../../support/slack/use-slack.ts";

const slack = useSlack();
const { local } = slack;
const url = () => local.stack.url;

const idOf = (message: Parameters<typeof buttonsOf>[0]) =>
  buttonsOf(message).find(({ action_id }) => action_id === "approve")?.value ?? "";

test("alice asks, everybody on call sees it, bob clicks, alice gets her line, and it logs her in", async () => {
  await slack.type("U0ALICE", "ssh prod-1 for 30m because INC-42: the disk is full");
  const asked = await onlyAnnouncement(slack);
  expect(wordsOf(asked)).toMatch(/alice.*prod-1.*ec2-user.*30m.*INC-42: the disk is full/s);
  expect(buttonsOf(asked).map(({ action_id }) => action_id)).toEqual(expect.arrayContaining(["approve", "deny"]));

  await slack.press("U0BOB", asked, "approve");
  const approved = await onlyAnnouncement(slack);
  expect(approved).toMatchObject({ ts: asked.ts, updates: 1 });
  expect(wordsOf(approved)).toMatch(/approved.*bob/is);
  expect(buttonsOf(approved).map(({ action_id }) => action_id)).not.toContain("approve");
  const request = await readAccessRequest(url(), "alice", idOf(asked));
  expect(request).toMatchObject({
    subject: "alice",
    status: "active",
    grantedSeconds: 1800,
    reviews: [{ reviewer: "bob" }],
  });

  const told = await slack.toldTo("U0ALICE");
  const [line = ""] = /latchkey ssh \S+ --os-user ec2-user/.exec(told.at(-1) ?? "") ?? [];
  const login = await runOnClientMachine("sh", ["-c", `${line} -- 'echo in as $LOGNAME'`], {
    as: "alice",
    stack: local.stack,
  });
  expect(login).toMatchObject({ exitCode: 0, stdout: "in as ec2-user\n" });

  await end(url(), "alice", request.id, "revoke");
  await local.stack.settled();
  expect(wordsOf(await onlyAnnouncement(slack))).toMatch(/revoked/i);
  const events = local.stack.busEvents.filter(({ data }) => data.accessRequestId === request.id);
  expect(events.map(({ type, data }) => [type, data.via])).toEqual([
    ["latchkey.access-request.created", "slack"],
    ["latchkey.review.submitted", "slack"],
    ["latchkey.access-request.activated", "slack"],
    ["latchkey.connection.intended", undefined],
    ["latchkey.connection.pushed", undefined],
    ["latchkey.access-request.revoked", undefined],
  ]);
});

test("a denial reaches the one who asked, and the message says so without buttons", async () => {
  await slack.type("U0DAVE", "ssh prod-1 because a look around");
  const asked = await onlyAnnouncement(slack);
  await slack.press("U0ERIN", asked, "deny");
  const denied = await onlyAnnouncement(slack);
  expect(wordsOf(denied)).toMatch(/denied.*erin/is);
  expect(buttonsOf(denied).map(({ action_id }) => action_id)).not.toContain("deny");
  expect((await slack.toldTo("U0DAVE")).at(-1)).toMatch(/denied/i);
});

describe("nothing changes, and nobody is asked,", () => {
  const body = () => slashCommand("U0ALICE", "ssh prod-1 because INC-43");
  const old = (seconds: number) => new Date(local.clock.now().getTime() - seconds * 1000);

  test.each<[sentence: string, send: () => ReturnType<typeof slack.send>, status: number]>([
    ["without a signature", () => slack.send({ headers: {}, body: body() }), 401],
    ["by another secret", () => slack.send(signed(body(), { secret: "guess" })), 401],
    ["by a signature of six minutes ago", () => slack.send(signed(body(), { at: old(360) })), 401],
    ["by a signature of six minutes ahead", () => slack.send(signed(body(), { at: old(-360) })), 401],
    ["by the signature of another body", () => slack.send({ ...signed(body()), body: body() }), 401],
    ["with ssl_check and no signature", () => slack.send({ headers: {}, body: `${body()}&ssl_check=1` }), 401],
  ])("%s", async (_, send, status) => {
    expect((await send()).status).toBe(status);
    expect(await slack.messages()).toEqual([]);
  });

  test.each<[sentence: string, more: Record<string, string>]>([
    ["from another workspace", { team_id: "T0OTHER" }],
    ["for another app", { api_app_id: "A0OTHER" }],
  ])("%s, and it says so", async (_, more) => {
    const response = await slack.send(signed(slashCommand("U0ALICE", "ssh prod-1 because INC-43", more)));
    expect(response.text).toMatch(/does not serve/);
    expect(await slack.announced()).toEqual([]);
  });

  test("for a user whom nobody is linked to, who gets the page that links them", async () => {
    await slack.type("U0NOBODY", "ssh prod-1 because INC-43");
    expect(await slack.announced()).toEqual([]);
    const [told, ...others] = (await slack.messages()).filter(({ user }) => user === "U0NOBODY");
    expect(others).toEqual([]);
    const links = told ? buttonsOf(told).flatMap(({ url: link }) => link ?? []) : [];
    expect(links).toEqual([expect.stringContaining("/link")]);
  });
});

test("the same request twice is done once", async () => {
  const request = signed(slashCommand("U0ALICE", "ssh prod-1 because INC-44"));
  const first = await slack.send(request);
  const second = await slack.send(request);
  expect([first.status, second.status]).toEqual([200, 409]);
  await onlyAnnouncement(slack);
  expect(await slack.toldTo("U0ALICE")).toHaveLength(1);
});

describe("a click", () => {
  const ask = async () => {
    await slack.type("U0ALICE", "ssh prod-1 because INC-45");
    const message = await onlyAnnouncement(slack);
    return { message, id: idOf(message), read: () => readAccessRequest(url(), "alice", idOf(message)) };
  };
  const decided = ({ status, reviews }: Awaited<ReturnType<typeof readAccessRequest>>) => ({
    status,
    reviews: reviews.map(({ reviewer, decision }) => `${reviewer} ${decision}`),
  });
  const untouched = { status: "pending", reviews: [] };

  test.each<[sentence: string, user: string, more: Record<string, unknown>, why: RegExp]>([
    ["by the one who asked", "U0ALICE", {}, /cannot review an access request that you made/],
    ["by somebody who may not approve", "U0DAVE", {}, /not allowed|may not|reviewer/i],
    ["by a guest, who does not see it", "U0CAROL", {}, /no .*access request|not found/i],
    ["by a user whom nobody is linked to", "U0NOBODY", {}, /does not know who you are/],
  ])("%s changes nothing, and says why", async (_, user, more, why) => {
    const { message, read } = await ask();
    await slack.press(user, message, "approve", more);
    expect(decided(await read())).toEqual(untouched);
    expect((await slack.toldTo(user)).at(-1)).toMatch(why);
    expect(await onlyAnnouncement(slack)).toMatchObject({ updates: 0 });
  });

  test("with an edited value changes neither request, and says why", async () => {
    const { message, id, read } = await ask();
    await slack.type("U0DAVE", "ssh prod-1 because INC-46");
    const other = (await slack.announced()).find(({ ts }) => ts !== message.ts) ?? message;
    for (const value of [idOf(other), "", "x".repeat(2000), `${id}/ext-1`]) {
      const press = buttonPress("U0BOB", message, { action_id: "approve", value });
      await slack.send(signed(press));
    }
    expect(decided(await read())).toEqual(untouched);
    expect(decided(await readAccessRequest(url(), "dave", idOf(other)))).toEqual(untouched);
    expect((await slack.toldTo("U0BOB")).length).toBeGreaterThanOrEqual(3);
  });

  test("twice is one review, and the second says that it is decided", async () => {
    const { message, read } = await ask();
    await slack.press("U0BOB", message, "approve");
    await slack.press("U0BOB", message, "approve");
    expect(decided(await read())).toEqual({ status: "active", reviews: ["bob approve"] });
    expect((await slack.toldTo("U0BOB")).at(-1)).toMatch(/has been decided/);
  });

  test("after the request has expired changes nothing, and says so", async () => {
    const { id } = await makeAccessRequest(url(), "alice", { durationSeconds: 1 });
    await local.stack.settled();
    const message = await onlyAnnouncement(slack);
    await slack.press("U0BOB", message, "approve");
    const over = await callApi(url(), { path: `/v1/access-requests/${id}?wait=5`, as: "alice" });
    expect(over.body).toMatchObject({ status: "expired" });
    await slack.press("U0ERIN", message, "approve");
    expect(decided(await readAccessRequest(url(), "alice", id))).toEqual({
      status: "expired",
      reviews: ["bob approve"],
    });
    expect((await slack.toldTo("U0ERIN")).at(-1)).toMatch(/not pending|ended|decided|over|no longer/i);
    await local.stack.sweep();
    await local.stack.settled();
    expect(wordsOf(await onlyAnnouncement(slack))).toMatch(/ended/i);
  });

  test("ten times at once, by two reviewers, is decided once, and everybody is told", async () => {
    const { message, id, read } = await ask();
    const action = { action_id: "approve", value: id };
    const users = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? "U0BOB" : "U0ERIN"));
    await Promise.all(users.map((user) => slack.send(signed(buttonPress(user, message, action)))));
    await slack.redelivery.pass(600, local.stack.settled); // a click that met another is put off
    const { status, reviews } = decided(await read());
    expect({ status, count: reviews.length }).toEqual({ status: "active", count: 1 });
    for (const user of ["U0BOB", "U0ERIN"]) expect(await slack.toldTo(user)).toHaveLength(5);
    expect((await slack.announced()).map(({ ts }) => ts)).toEqual([message.ts]);
  });

  test.each<[sentence: string, more: Record<string, unknown>]>([
    ["the container", { container: undefined }],
    ["the channel and the message", { channel: undefined, message: undefined }],
    ["a URL to answer at", { response_url: undefined }],
    ["the team, as an organization's app is told", { team: null }],
    ["the state, and with fields that nobody knows", { state: undefined, hash: "x", is_enterprise_install: "no" }],
  ])("without %s counts too", async (_, more) => {
    const { message, read } = await ask();
    await slack.press("U0BOB", message, "approve", more);
    expect(decided(await read())).toEqual({ status: "active", reviews: ["bob approve"] });
    expect((await slack.toldTo("U0BOB")).length).toBeGreaterThan(0);
  });
});
