import { beforeEach, describe, expect, test } from "@jest/globals";
import { readChatInput } from "../../../lambda/chat/chat-input.ts";
import { type Door, slackDoor } from "../../../lambda/slack/door.ts";
import { slackSecrets } from "../../../lambda/slack/secret.ts";
import type { SignedRequest } from "../../../lambda/slack/signature.ts";
import {
  click,
  command,
  form,
  payload,
  responseUrl,
  signed,
  signingSecret,
  submission,
} from "../../support/slack-requests.ts";

const now = new Date("2026-11-30T12:00:00.000Z");
const { signal } = new AbortController();

/** Everything that the door does besides responding. */
let done: unknown[] = [];
let seen = new Set<string>();
let secret = { signingSecrets: [signingSecret], botToken: "xoxb-1", clientSecret: "c" };
/** Slack's responses to the calls of its Web API. */
let results: string[] = [];
let clock = now;
beforeEach(() => {
  [done, seen, results, clock] = [[], new Set(), [], now];
  secret = { signingSecrets: [signingSecret], botToken: "xoxb-1", clientSecret: "c" };
});

const down = async () => {
  throw new Error("down");
};

function open(change: Partial<Door> = {}) {
  return slackDoor({
    ...{ appId: "A0LOCAL", workspaces: ["T0LOCAL"], apiUrl: "https://slack.com" },
    secrets: slackSecrets(
      async () => JSON.stringify(secret),
      () => clock.getTime(),
    ),
    async isFirst({ signature, keptUntil }) {
      expect(keptUntil).toBe(clock.getTime() / 1000 + 600);
      const isFirst = !seen.has(signature);
      seen.add(signature);
      return isFirst;
    },
    queue: async (input) => void done.push(input),
    async post(url, value, { token }) {
      done.push({ url, token, value });
      return results.shift() ?? '{"ok":true}';
    },
    clock: () => clock,
    newClaim: () => "claim",
    ...change,
  });
}

const from = { chat: "slack", workspace: "T0LOCAL", user: "U0ALICE" };
const receivedAt = now.toISOString();

describe("what people do is queued as they did it", () => {
  test.each<[sentence: string, body: string, input: object]>([
    [
      "a command",
      command("ssh web-1 as root for 1h because INC-42"),
      {
        kind: "command",
        text: "ssh web-1 as root for 1h because INC-42",
        reply: { channel: "C0GENERAL", responseUrl },
      },
    ],
    [
      "a command with mentions, links, other scripts and 3,000 characters",
      command(`ssh <@U1> <https://a.example|b> \u202e${"🔑".repeat(1500)}`),
      {
        kind: "command",
        text: `ssh <@U1> <https://a.example|b> \u202e${"🔑".repeat(1500)}`,
        reply: { channel: "C0GENERAL", responseUrl },
      },
    ],
    [
      "a click",
      click("approve", "01JDOOR"),
      {
        kind: "click",
        action: "approve",
        claimedId: "01JDOOR",
        message: { channel: "C0ONCALL", ts: "1548261231.000200" },
        reply: { channel: "C0ONCALL", responseUrl: "https://hooks.slack.com/actions/T0LOCAL/1/2" },
      },
    ],
    [
      "a click on a button whose value somebody has edited: whom that helps is not up to the door",
      click("deny", '{"id":"other","as":"bob"}'),
      {
        kind: "click",
        action: "deny",
        claimedId: '{"id":"other","as":"bob"}',
        message: { channel: "C0ONCALL", ts: "1548261231.000200" },
        reply: { channel: "C0ONCALL", responseUrl: "https://hooks.slack.com/actions/T0LOCAL/1/2" },
      },
    ],
    [
      "the form, with the fields that were left empty",
      submission({ instance: " web-1 ", osUser: null, duration: "1h", reason: "INC-42\nagain" }),
      {
        kind: "ask",
        ...{ instance: "web-1", osUser: "", duration: "1h", reason: "INC-42\nagain" },
        reply: { channel: "C0GENERAL", responseUrl },
      },
    ],
  ])("%s", async (_, body, input) => {
    expect(await open()(signed(body, now), signal)).toEqual({ outcome: "queued", status: 200, from });
    expect(done).toEqual([{ ...input, from, receivedAt }]);
    // As the worker reads it.
    expect(readChatInput(JSON.stringify(done[0]))).toEqual(done[0]);
  });
});

describe("not from Slack: nothing is read of it, and nothing done", () => {
  const genuine = signed(command("help"), now);
  test.each<[sentence: string, request: SignedRequest, outcome?: string]>([
    ["without a signature", { ...genuine, signature: "" }, "stale"],
    ["one that is 301 seconds old", signed(command("help"), new Date(now.getTime() - 301_000)), "stale"],
    ["one that is a day ahead", signed(command("help"), new Date(now.getTime() + 86_400_000)), "stale"],
    ["with another text", { ...genuine, body: Buffer.from(command("requests")) }],
    ["in the name of another user", { ...genuine, body: Buffer.from(command("help", { user_id: "U0BOB" })) }],
    ["with another secret", signed(command("help"), now, "another")],
    ["Slack's check of the certificate, unsigned", { ...genuine, body: Buffer.from(form({ ssl_check: "1" })) }],
    ["a payload that is not JSON, unsigned", { ...genuine, body: Buffer.from("payload=%7B") }],
    ["an empty body", { ...genuine, body: Buffer.alloc(0) }],
  ])("%s", async (_, request, outcome = "unsigned") => {
    expect(await open()(request, signal)).toEqual({ outcome, status: 401 });
    expect([done, seen.size]).toEqual([[], 0]);
  });

  test("what cannot be from Slack now costs no call at all", async () => {
    const unread = slackSecrets(down, () => 0);
    expect(await open({ secrets: unread })({ ...genuine, timestamp: "0" }, signal)).toMatchObject({ outcome: "stale" });
  });
});

describe("signed, but of no shape that the app knows", () => {
  test.each([
    ["nothing", ""],
    ["a payload that is not JSON", "payload=%7B"],
    ["a payload of another type", payload({ type: "shortcut", api_app_id: "A0LOCAL" })],
    ["a payload that is a list", payload([{ type: "block_actions" }])],
    ["null", form({ payload: "null" })],
    ["a type in the prototype", form({ payload: '{"__proto__":{"type":"block_actions"}}' })],
    ["a command without a user", command("help", { user_id: "" })],
    ["a command without an app", command("help", { api_app_id: "" })],
    ["a click without an action", click("approve", "1", { actions: [] })],
    ["a click without a value", click("approve", undefined)],
    ["a click whose value is an object", click("approve", { id: "1" } as unknown as string)],
    [
      "a click on no message",
      click("approve", "1", { container: { type: "view" }, channel: undefined, message: undefined }),
    ],
    ["a click of nobody", click("approve", "1", { user: { id: 7, team_id: "T0LOCAL" } })],
    ["another form", submission({}, { view: { callback_id: "other", state: { values: {} } } })],
  ])("%s", async (_, body) => {
    expect(await open()(signed(body, now), signal)).toEqual({ outcome: "malformed", status: 400 });
    expect([done, seen.size]).toEqual([[], 0]);
  });
});

describe("of another app or workspace: the user is told, and nothing changes", () => {
  const text = "Latchkey does not serve this workspace. Nothing was changed.";
  const ephemeral = { response_type: "ephemeral", replace_original: false, text };
  const elsewhere = { team: { id: "T0OTHER" }, user: { id: "U0ALICE", team_id: "T0OTHER" } };
  test.each<[sentence: string, body: string, response: object, calls?: object[]]>([
    ["a command of another app", command("help", { api_app_id: "A0OTHER" }), { body: ephemeral }],
    ["a command of another workspace", command("help", { team_id: "T0OTHER" }), { body: ephemeral }],
    [
      "a command of another organization",
      command("help", { team_id: "T0OTHER", enterprise_id: "E0OTHER" }),
      { body: ephemeral },
    ],
    [
      "an empty command of another workspace, which opens no form",
      command("", { team_id: "T0OTHER" }),
      { body: ephemeral },
    ],
    [
      "a click in another workspace",
      click("approve", "1", elsewhere),
      {},
      [{ url: "https://hooks.slack.com/actions/T0LOCAL/1/2", value: ephemeral }],
    ],
    [
      "a click by a guest from another workspace, in a channel that two share",
      click("approve", "1", { user: { id: "U0ALICE", team_id: "T0OTHER" } }),
      {},
      [{ url: "https://hooks.slack.com/actions/T0LOCAL/1/2", value: ephemeral }],
    ],
    [
      "a click by a user of ours in another workspace",
      click("approve", "1", { team: { id: "T0OTHER" } }),
      {},
      [{ url: "https://hooks.slack.com/actions/T0LOCAL/1/2", value: ephemeral }],
    ],
    [
      "a click that would be told elsewhere",
      click("approve", "1", { ...elsewhere, response_url: "https://hooks.slack.com.evil.example/x" }),
      {},
    ],
    ["the form", submission({}, elsewhere), { body: { response_action: "errors", errors: { instance: text } } }],
  ])("%s", async (_, body, response, calls = []) => {
    const result = await open()(signed(body, now), signal);
    expect(result).toMatchObject({ outcome: "foreign", status: 200, ...response });
    expect([done, seen.size]).toEqual([calls, 0]);
  });

  test("an organization of the settings has all its workspaces, also if the app is installed in no single one", async () => {
    const door = open({ enterprises: ["E0GRID"] });
    const inGrid = { team: null, enterprise: { id: "E0GRID" }, user: { id: "W1", team_id: "T0FAR" } };
    expect(await door(signed(click("approve", "1", inGrid), now), signal)).toMatchObject({ outcome: "queued" });
    const far = command("help", { team_id: "T0FAR", enterprise_id: "E0GRID" });
    expect(await door(signed(far, now), signal)).toMatchObject({ outcome: "queued" });
    const other = click("approve", "1", { ...inGrid, enterprise: { id: "E0OTHER" } });
    expect(await door(signed(other, now), signal)).toMatchObject({ outcome: "foreign" });
  });
});

describe("replays", () => {
  test("the same request a second time is refused, also at the end of its time", async () => {
    const [door, request] = [open(), signed(click("approve", "1"), now)];
    await door(request, signal);
    clock = new Date(now.getTime() + 300_000);
    expect(await door(request, signal)).toEqual({ outcome: "replayed", status: 409, from });
    expect(done).toHaveLength(1);
  });

  test("of ten at once, one is taken", async () => {
    const [door, request] = [open(), signed(click("approve", "1"), now)];
    const responses = await Promise.all(Array.from({ length: 10 }, () => door(request, signal)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    expect(done).toHaveLength(1);
  });

  test("a second click, which Slack signs again, is no replay", async () => {
    const door = open();
    await door(signed(click("approve", "1"), now), signal);
    await door(signed(click("approve", "1", { trigger_id: "2" }), now), signal);
    expect(done).toHaveLength(2);
  });

  test("if it is not known whether it is one, nothing is done", async () => {
    expect(await open({ isFirst: down })(signed(command("help"), now), signal)).toMatchObject({ outcome: "failed" });
    expect(done).toEqual([]);
  });
});

describe("nothing to do", () => {
  test.each([
    ["Slack's check of the certificate, signed", command("", { ssl_check: "1" })],
    ["somebody has followed a link under a message", click("console", undefined)],
  ])("%s", async (_, body) => {
    expect(await open()(signed(body, now), signal)).toEqual({ outcome: "ignored", status: 200, from });
    expect(done).toEqual([]);
  });
});

describe("the form", () => {
  const opened = (token = "xoxb-1") => ({
    url: "https://slack.com/api/views.open",
    token,
    value: expect.objectContaining({ trigger_id: "13345224609.738474920.8088930838d8" }),
  });

  test.each(["", "  ", "ssh", "ask", "SSH"])("is opened by /latchkey %s", async (text) => {
    expect(await open()(signed(command(text), now), signal)).toMatchObject({ outcome: "opened" });
    expect(done).toEqual([opened()]);
  });

  test("comes back with where the command was typed", async () => {
    await open()(signed(command(""), now), signal);
    const [{ value }] = done as [{ value: { view: { private_metadata: string; blocks: object[] } } }];
    const state = submission({ instance: "web-1" }, {});
    expect(JSON.parse(value.view.private_metadata)).toEqual({ channel: "C0GENERAL", responseUrl });
    await open()(signed(state, now), signal);
    expect(done[1]).toMatchObject({ kind: "ask", reply: { channel: "C0GENERAL", responseUrl } });
    expect(value.view.blocks).toHaveLength(4);
  });

  test("takes a token that has just been replaced", async () => {
    const door = open();
    await door(signed(command("help"), now), signal);
    secret = { ...secret, botToken: "xoxb-2" };
    clock = new Date(now.getTime() + 20_000);
    results = ['{"ok":false,"error":"invalid_auth"}'];
    expect(await door(signed(command(""), clock), signal)).toMatchObject({ outcome: "opened" });
    expect(done.slice(1)).toEqual([opened("xoxb-1"), opened("xoxb-2")]);
  });

  test.each([
    ["its trigger is too old", '{"ok":false,"error":"expired_trigger_id"}'],
    ["Slack takes no token", '{"ok":false,"error":"invalid_auth"}'],
    ["Slack's response is no JSON", "<html>"],
    ["Slack's response is null", "null"],
  ])("if %s, the user is told", async (_, result) => {
    results = [result];
    expect(await open()(signed(command(""), now), signal)).toMatchObject({
      outcome: "failed",
      status: 200,
      body: { response_type: "ephemeral", text: expect.stringContaining("try again") },
    });
  });
});

describe("rotation: a new signing secret is taken at once, and the old one for as long as it is there", () => {
  const request = (of: string, text = "help") => signed(command(text), clock, of);

  test("added, switched, removed", async () => {
    const door = open();
    expect(await door(request(signingSecret), signal)).toMatchObject({ outcome: "queued" });
    secret = { ...secret, signingSecrets: ["new", signingSecret] };
    clock = new Date(now.getTime() + 15_000);
    expect(await door(request("new"), signal)).toMatchObject({ outcome: "queued" });
    expect(await door(request(signingSecret), signal)).toMatchObject({ outcome: "queued" });
    secret = { ...secret, signingSecrets: ["new"] };
    clock = new Date(now.getTime() + 80_000);
    expect(await door(request(signingSecret, "requests"), signal)).toMatchObject({ outcome: "unsigned" });
    expect(await door(request("new", "requests"), signal)).toMatchObject({ outcome: "queued" });
  });
});

describe("faults", () => {
  test("of the secret: an error, before it is known who it was", async () => {
    const secrets = slackSecrets(down, () => 0);
    const response = await open({ secrets })(signed(command("help"), now), signal);
    expect(response).toEqual({ outcome: "failed", status: 500, cause: expect.any(Error) });
  });

  test.each<[sentence: string, body: string, response: object, calls?: object[]]>([
    ["a command's user is told at once", command("help"), { body: { response_type: "ephemeral" } }],
    [
      "a click's at its response URL",
      click("approve", "1"),
      {},
      [{ url: "https://hooks.slack.com/actions/T0LOCAL/1/2" }],
    ],
    ["the form's in the form", submission({}), { body: { response_action: "errors" } }],
  ])("of the queue: %s", async (_, body, response, calls = []) => {
    const result = await open({ queue: down })(signed(body, now), signal);
    expect(result).toMatchObject({ outcome: "failed", status: 200, cause: expect.any(Error), ...response });
    expect(done).toMatchObject(calls);
  });

  test("of Slack too: there is nobody to tell", async () => {
    const result = await open({ queue: down, post: down })(signed(click("approve", "1"), now), signal);
    expect(result).toEqual({ outcome: "failed", status: 200, cause: expect.any(Error), from });
  });
});

describe("a response URL", () => {
  const queued = async (response_url: string, change: Partial<Door> = {}) => {
    await open(change)(signed(command("help", { response_url }), now), signal);
    return (done.at(-1) as { reply: object }).reply;
  };

  test.each([
    "http://hooks.slack.com/a",
    "https://hooks.slack.com:444/a",
    "https://hooks.slack.com.evil.example/a",
    "https://evil.example/https://hooks.slack.com/a",
    "https://hooks.slack.com@evil.example/a",
    "https://slack.com.evil.example/a",
    "//hooks.slack.com/a",
    "file:///etc/passwd",
    "",
  ])("%s is not passed on", async (url) => {
    expect(await queued(url)).toEqual({ channel: "C0GENERAL" });
  });

  test("of a stand-in for Slack is passed on if the function is told of it", async () => {
    const url = "http://127.0.0.1:4000/r/1";
    expect(await queued(url)).toEqual({ channel: "C0GENERAL" });
    seen.clear();
    expect(await queued(url, { apiUrl: "http://127.0.0.1:4000" })).toEqual({ channel: "C0GENERAL", responseUrl: url });
  });
});
