import { beforeEach, describe, expect, test } from "@jest/globals";
import { slackSecrets } from "../../../lambda/slack/secret.ts";

const { signal } = new AbortController();
const text = (signingSecrets: unknown, more: object = {}) =>
  JSON.stringify({ signingSecrets, botToken: "xoxb-1", clientSecret: "c", ...more });

let [now, reads, stored] = [0, 0, text(["old"])];
const secrets = () =>
  slackSecrets(
    async () => {
      reads++;
      return stored;
    },
    () => now,
  );
beforeEach(() => {
  [now, reads, stored] = [0, 0, text(["old"])];
});

test("it is read once a minute", async () => {
  const one = secrets();
  for (const at of [0, 1, 59_999]) {
    now = at;
    expect(await one.signingSecrets(signal)).toEqual(["old"]);
  }
  expect(reads).toBe(1);
  [now, stored] = [60_000, text(["new", "old"])];
  expect([await one.signingSecrets(signal), reads]).toEqual([["new", "old"], 2]);
});

test("a part that was of no use is read again, but not more often than every ten seconds", async () => {
  const one = secrets();
  const refused = await one.signingSecrets(signal);
  stored = text(["new"], { botToken: "xoxb-2" });
  now = 9_999;
  expect(await one.signingSecrets(signal, refused)).toBe(refused);
  now = 10_000;
  expect(await one.signingSecrets(signal, refused)).toEqual(["new"]);
  expect(await one.botToken(signal, "xoxb-1")).toBe("xoxb-2");
  expect(reads).toBe(2);
});

test("a flood of wrong signatures reads it every ten seconds", async () => {
  const one = secrets();
  for (; now < 60_000; now += 100) await one.signingSecrets(signal, await one.signingSecrets(signal));
  expect(reads).toBe(6);
});

test("a fault is not remembered", async () => {
  let isDown = true;
  const one = slackSecrets(
    async () => {
      if (isDown) throw new Error("down");
      return stored;
    },
    () => now,
  );
  await expect(one.botToken(signal)).rejects.toThrow("down");
  isDown = false;
  expect(await one.botToken(signal)).toBe("xoxb-1");
});

describe("refused, without a word of what it is", () => {
  test.each<[sentence: string, stored: string | undefined]>([
    ["nothing, as the stack makes it", undefined],
    ["text", "sesame"],
    ["a list", '["sesame"]'],
    ["null", "null"],
    ["no signing secret", text([])],
    ["an empty signing secret, which everybody knows", text(["sesame", ""])],
    ["a signing secret that is no text", text([7])],
    ["one signing secret, not in a list", text("sesame")],
    ["no token", text(["sesame"], { botToken: undefined })],
    ["no secret of the client", text(["sesame"], { clientSecret: "" })],
  ])("%s", async (_, given) => {
    const read = slackSecrets(
      async () => given,
      () => 0,
    ).signingSecrets(signal);
    await expect(read).rejects.toThrow(/^The secret of the Slack app (?:is|needs) (?!.*sesame)/);
  });
});
