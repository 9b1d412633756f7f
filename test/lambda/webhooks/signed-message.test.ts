import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { mostBytes, signedMessage, webhookSecret } from "../../../lambda/webhooks/signed-message.ts";
import { created, secretOf } from "./samples.ts";

const [secret, next, other] = [secretOf("a"), secretOf("b"), secretOf("c")];
const now = new Date("2026-01-02T03:09:05Z");
beforeEach(() => {
  jest.spyOn(Date, "now").mockReturnValue(now.getTime());
});
afterEach(() => {
  jest.restoreAllMocks();
});
const verify = (known: string, { headers, body }: ReturnType<typeof signedMessage>) =>
  new Webhook(known).verify(body, headers);

describe("the public library", () => {
  test("verifies a message, and gets the CloudEvent", () => {
    expect(verify(secret, signedMessage(created, [secret], now))).toEqual(created);
  });

  test.each([
    ["the secret before", secret],
    ["the next secret", next],
  ])("verifies one with %s, while both are there", (_, known) => {
    expect(verify(known, signedMessage(created, [next, secret], now))).toEqual(created);
  });

  test("verifies text that people wrote", () => {
    const reason = "“؟” <@U1> \u202e \u0000 \n 🔑";
    const event = { ...created, data: { ...created.data, reason } };
    expect(verify(secret, signedMessage(event, [secret], now))).toEqual(event);
  });

  test.each<[string, () => void]>([
    ["another secret", () => verify(other, signedMessage(created, [secret, next], now))],
    ["another body", () => verify(secret, { ...signedMessage(created, [secret], now), body: "{}" })],
    ["an old time", () => verify(secret, signedMessage(created, [secret], new Date("2026-01-02T03:04:04Z")))],
  ])("refuses %s", (_, act) => expect(act).toThrow());
});

test("the id is the event's, in every attempt and with other secrets", () => {
  const ids = [now, new Date(0)].map((at) => signedMessage(created, [next], at).headers["webhook-id"]);
  expect([...ids, signedMessage(created, [secret], now).headers["webhook-id"]]).toEqual(Array(3).fill(created.id));
});

describe("a body of 20 KB or more", () => {
  const sized = (length: number) => ({ ...created, data: { ...created.data, reason: "x".repeat(length) } });
  const room = mostBytes - Buffer.byteLength(JSON.stringify(sized(0)));

  test("comes without its data", () => {
    const { body, headers } = signedMessage(sized(room), [secret], now);
    const { data, ...attributes } = created;
    expect(JSON.parse(body)).toEqual({ ...attributes, data: { sequence: data.sequence, isShortened: true } });
    expect(headers["Content-Length"]).toBe(String(body.length));
  });

  test("is none with a byte less", () => {
    expect(JSON.parse(signedMessage(sized(room - 1), [secret], now).body)).toEqual(sized(room - 1));
  });
});

describe("a secret", () => {
  const bytes = (length: number) => Buffer.alloc(length, 7).toString("base64");
  test.each([
    ["of 23 bytes", `whsec_${bytes(23)}`],
    ["of 65 bytes", `whsec_${bytes(65)}`],
    ["without its prefix", bytes(32)],
    ["of a private key", `whsk_${bytes(32)}`],
    ["that is not base64", `whsec_${"*".repeat(44)}`],
    ["with a line after it", `${secret}\n`],
  ])("%s is refused", (_, text) => expect(webhookSecret.safeParse(text).success).toBe(false));

  test.each([24, 32, 64])("of %i bytes is taken", (length) => {
    expect(webhookSecret.safeParse(`whsec_${bytes(length)}`).success).toBe(true);
  });
});
