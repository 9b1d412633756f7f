import { describe, expect, test } from "@jest/globals";
import { isCurrent, isSigned, type SignedRequest } from "../../../lambda/slack/signature.ts";
import { command, signed, signingSecret } from "../../support/slack-requests.ts";

const now = new Date("2026-11-30T12:00:00.000Z");
const seconds = (count: number) => new Date(now.getTime() + count * 1000);
const request = signed(command("help"), now);
const changed = (change: Partial<SignedRequest>) => ({ ...request, ...change });

// https://docs.slack.dev/authentication/verifying-requests-from-slack
const published = {
  body: Buffer.from(
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
  ),
  timestamp: "1531420618",
  signature: "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
};

test("Slack's published example is signed with its secret", () => {
  expect(isSigned(published, ["8f742231b10e8888abcd99yyyzzz85a5"])).toBe(true);
});

describe("not signed", () => {
  test.each<[sentence: string, request: SignedRequest, secrets?: readonly string[]]>([
    ["a body with one more byte", changed({ body: Buffer.concat([request.body, Buffer.from(" ")]) })],
    ["an empty body", changed({ body: Buffer.alloc(0) })],
    ["another time than the signature's", changed({ timestamp: String(Number(request.timestamp) + 1) })],
    ["the signature of another body", changed({ signature: signed(command("requests"), now).signature })],
    ["a signature with another secret", signed(command("help"), now, "another")],
    ["with no secret at all", request, []],
    ["with an empty secret", request, [""]],
    ["all zeros", changed({ signature: `v0=${"0".repeat(64)}` })],
  ])("%s", (_, one, secrets = [signingSecret]) => {
    expect(isSigned(one, secrets)).toBe(false);
  });
});

describe("signed", () => {
  test.each<[sentence: string, request: SignedRequest, secrets: readonly string[]]>([
    ["with the only secret", request, [signingSecret]],
    ["with the second of two, as while one replaces the other", request, ["new", signingSecret]],
    ["bytes that are no UTF-8", signed(Buffer.from([0xff, 0xfe, 0x00]), now), [signingSecret]],
    ["text beyond ASCII", signed("text=größe \u202e🔑", now), [signingSecret]],
  ])("%s", (_, one, secrets) => {
    expect(isSigned(one, secrets)).toBe(true);
  });
});

describe("it could not be from Slack now", () => {
  test.each<[sentence: string, request: SignedRequest]>([
    ["301 seconds old", signed("", seconds(-301))],
    ["301 seconds ahead", signed("", seconds(301))],
    ["a day ahead", signed("", seconds(86_400))],
    ["without a time", changed({ timestamp: "" })],
    ["a time in milliseconds", changed({ timestamp: String(now.getTime()) })],
    ["a time with a sign", changed({ timestamp: "-153142061" })],
    ["a time in hexadecimal", changed({ timestamp: "0x5b47a1ca" })],
    ["a time with a line break", changed({ timestamp: `${request.timestamp}\n` })],
    ["without a signature", changed({ signature: "" })],
    ["a signature of another version", changed({ signature: request.signature.replace("v0", "v1") })],
    ["without the version", changed({ signature: request.signature.slice(3) })],
    ["a short signature", changed({ signature: request.signature.slice(0, -1) })],
    ["a long signature", changed({ signature: `${request.signature}0` })],
    ["a signature in upper case, which Slack never sends", changed({ signature: `v0=${"A".repeat(64)}` })],
    ["two signatures", changed({ signature: `${request.signature},${request.signature}` })],
  ])("%s", (_, one) => {
    expect(isCurrent(one, now)).toBe(false);
  });

  test.each([-300, 0, 300])("but it could %d seconds from now", (count) => {
    expect(isCurrent(signed("", seconds(count)), now)).toBe(true);
  });
});
