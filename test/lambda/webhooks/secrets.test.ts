import { describe, expect, test } from "@jest/globals";
import { secondsAfter } from "../../../lambda/shared/time.ts";
import { webhookSecrets } from "../../../lambda/webhooks/secrets.ts";
import { secretOf } from "./samples.ts";

const { signal } = new AbortController();
const [one, next] = [secretOf("a"), secretOf("b")];
const read = (text: string | undefined) =>
  webhookSecrets(
    async () => text,
    () => new Date(0),
  )("siem", signal);

test("a subscription has the secrets under its name, in their order", async () => {
  expect(await read(JSON.stringify({ siem: [next, one], tickets: [secretOf("c")] }))).toEqual([next, one]);
});

describe("a subscription has none, so that nothing is sent unsigned,", () => {
  test.each<[sentence: string, text: string | undefined]>([
    ["if the secret is empty", undefined],
    ["if it is no JSON", "whsec_"],
    ["if it is null", "null"],
    ["if it has others' alone", JSON.stringify({ tickets: [one] })],
    ["if its list is empty", JSON.stringify({ siem: [] })],
    ["if it is no list", JSON.stringify({ siem: one })],
    ["if one of them is malformed", JSON.stringify({ siem: [one, "whsec_short"] })],
    ["if there are more than four", JSON.stringify({ siem: Array(5).fill(one) })],
  ])("%s", async (_, text) => expect(await read(text)).toEqual([]));

  test("if its name is that of a property of every object", async () => {
    expect(
      await webhookSecrets(
        async () => "{}",
        () => new Date(0),
      )("constructor", signal),
    ).toEqual([]);
  });
});

test("another secret holds within a minute, and until then none is read", async () => {
  let now = new Date(0);
  let readings = 0;
  let text = JSON.stringify({ siem: [one] });
  const secretsOf = webhookSecrets(
    async () => {
      readings += 1;
      return text;
    },
    () => now,
  );
  await secretsOf("siem", signal);
  text = JSON.stringify({ siem: [next, one] });
  now = secondsAfter(now, 59);
  expect(await secretsOf("siem", signal)).toEqual([one]);
  now = secondsAfter(now, 1);
  expect(await secretsOf("siem", signal)).toEqual([next, one]);
  expect(readings).toBe(2);
});

test("a fault of Secrets Manager is not taken for an empty secret", async () => {
  const failing = webhookSecrets(
    () => Promise.reject(new Error("down")),
    () => new Date(0),
  );
  await expect(failing("siem", signal)).rejects.toThrow("down");
});
