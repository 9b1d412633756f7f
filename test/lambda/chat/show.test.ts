import { describe, expect, test } from "@jest/globals";
import { postStore } from "../../../lambda/aws/dynamodb/chat-post-table.ts";
import { ChatFault } from "../../../lambda/chat/chat.ts";
import { type Desired, show } from "../../../lambda/chat/show.ts";
import { later } from "../../support/access-requests.ts";
import { boundTable } from "../../support/bound-table.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { down, lost, PlainChat, tooMany } from "../../support/plain-chat.ts";
import { testContext } from "../../support/test-context.ts";

useEmbeddedTable();

const channel = { channel: "C0ONCALL" };
const key = { accessRequestId: "ar-1" };

/** A message whose title follows `state`, at a clock that only tests move. */
function world() {
  const chat = new PlainChat();
  const at = { seconds: 0 };
  const state = { title: "pending" };
  const posts = postStore(boundTable);
  const beforeLook = { act: () => {} };
  const desire = async (): Promise<Desired> => {
    beforeLook.act();
    return { messageId: "ar-1", audience: channel, message: { title: state.title } };
  };
  const context = testContext({ clock: () => later(at.seconds) });
  const showNow = () => show({ chat, posts }, key, desire, context);
  /** As the queue does: until it succeeds, with time going by. */
  const showUntilDone = async () => {
    for (let attempt = 1; ; attempt += 1) {
      const error = await showNow().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) return attempt;
      if (!(error instanceof ChatFault) || error.retryAfter === undefined || attempt > 50) throw error;
      at.seconds += error.retryAfter;
    }
  };
  const shown = () => chat.in(channel).map(({ message: { title } }) => title);
  return { chat, at, state, showNow, showUntilDone, shown, beforeLook };
}

test("it is posted, replaced when it changes, and else left alone", async () => {
  const { chat, state, showNow, shown } = world();
  await showNow();
  await showNow();
  state.title = "approved";
  await showNow();
  await showNow();
  expect(chat.calls).toEqual(["post", "update"]);
  expect(shown()).toEqual(["approved"]);
});

describe("there is one message, which shows the last state,", () => {
  test.each([
    ["if the chat is down", [down]],
    ["if the chat says when to try again", [tooMany, tooMany]],
    ["if the response to the post is lost", [lost]],
    ["if it is lost and the search fails", [lost, down, tooMany]],
    ["if it is lost, and so is that to the search", [lost, lost]],
    ["if the chat was down for long", Array.from({ length: 40 }, () => down)],
  ])("%s", async (_, faults) => {
    const { chat, state, showUntilDone, shown } = world();
    chat.fails(...faults);
    await showUntilDone();
    expect(shown()).toEqual(["pending"]);
    state.title = "approved";
    chat.fails(...faults);
    await showUntilDone();
    expect(shown()).toEqual(["approved"]);
  });

  test("if it changed before it was found again", async () => {
    const { chat, state, showNow, showUntilDone, shown } = world();
    chat.fails(lost);
    await expect(showNow()).rejects.toThrow("no_response");
    state.title = "approved";
    await showUntilDone();
    expect(shown()).toEqual(["approved"]);
  });

  test("if ten workers show it at once", async () => {
    const { chat, showNow, showUntilDone, shown } = world();
    const results = await Promise.allSettled(Array.from({ length: 10 }, showNow));
    expect(results.some(({ status }) => status === "fulfilled")).toBe(true);
    await showUntilDone();
    expect(shown()).toEqual(["pending"]);
    expect(chat.calls).toEqual(["post"]);
  });

  test("if it changes while it is posted, and the event of that comes too early", async () => {
    const { chat, state, showNow, showUntilDone, shown } = world();
    chat.during = async () => {
      chat.during = async () => {};
      state.title = "approved";
      await expect(showNow()).rejects.toThrow("busy");
    };
    await showNow();
    await showUntilDone();
    expect(shown()).toEqual(["approved"]);
  });

  test("if it changes while it is replaced, and the event of that comes too early", async () => {
    const { chat, state, showNow, showUntilDone, shown } = world();
    await showNow();
    state.title = "approved";
    chat.during = async () => {
      chat.during = async () => {};
      state.title = "revoked";
      // Two updates at once could arrive in either order.
      await expect(showNow()).rejects.toThrow("busy");
    };
    await showNow();
    await showUntilDone();
    expect(shown()).toEqual(["revoked"]);
    expect(chat.calls).toEqual(["post", "update", "update"]);
  });

  test("if it changes between the first look at it and the lease", async () => {
    const { state, showNow, shown, beforeLook } = world();
    await showNow();
    state.title = "extension";
    let looks = 0;
    beforeLook.act = () => {
      looks += 1;
      if (looks === 2) state.title = "pending";
    };
    await showNow();
    expect(shown()).toEqual(["pending"]);
  });

  test("if the worker died while it was posted", async () => {
    const { chat, at, showNow, showUntilDone, shown } = world();
    // Nothing of this worker's is written any more.
    chat.during = () => new Promise(() => {});
    void showNow();
    while (chat.calls.length === 0) await new Promise(setImmediate);
    chat.during = async () => {};
    await expect(showNow()).rejects.toThrow("busy");
    await showUntilDone();
    expect(shown()).toEqual(["pending"]);
    expect(at.seconds).toBeGreaterThanOrEqual(45);
  });
});

test("what may still arrive is waited for, rather than posted again", async () => {
  const { chat, at, showNow, shown } = world();
  chat.fails({ fault: lost.fault, isDone: false });
  await expect(showNow()).rejects.toThrow("no_response");
  at.seconds = 29;
  await expect(showNow()).rejects.toThrow("busy");
  at.seconds = 60;
  await showNow();
  expect(shown()).toEqual(["pending"]);
  expect(chat.calls).toEqual(["post", "find", "find", "post"]);
});

test("what the chat refuses for good is not looked for", async () => {
  const { chat, showNow } = world();
  chat.fails({ fault: new ChatFault("invalid_blocks"), isDone: false });
  await expect(showNow()).rejects.toThrow("invalid_blocks");
  await showNow();
  expect(chat.calls).toEqual(["post", "post"]);
});
