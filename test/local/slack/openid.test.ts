import { createPublicKey, type JsonWebKeyInput, verify } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type RunningSlack, startSlack } from "../../../local/slack/slack.ts";
import { app } from "../../../local/slack/workspace.ts";

let slack: RunningSlack;
let now: Date;
beforeAll(async () => {
  slack = await startSlack(0, () => now);
  now = new Date("2026-03-04T05:06:07Z");
});
afterAll(() => slack.stop());

const redirectUri = "http://127.0.0.1:8084/link/slack";
const usual = {
  client_id: app.clientId,
  redirect_uri: redirectUri,
  response_type: "code",
  scope: "openid",
  state: "s",
  nonce: "n",
};

async function authorize(more: Record<string, string> = {}) {
  const query = new URLSearchParams({ ...usual, ...more });
  const response = await fetch(`${slack.url}/openid/connect/authorize?${query}`, { redirect: "manual" });
  return { status: response.status, location: response.headers.get("location") ?? "", html: await response.text() };
}

const codeOf = async (user: string) => new URL((await authorize({ as: user })).location).searchParams.get("code") ?? "";

async function exchange(code: string, more: Record<string, string> = {}) {
  const { clientId: client_id, clientSecret: client_secret } = app;
  const own = { client_id, client_secret, code, redirect_uri: redirectUri, grant_type: "authorization_code" };
  const body = new URLSearchParams({ ...own, ...more });
  const response = await fetch(`${slack.url}/api/openid.connect.token`, { method: "POST", body });
  return (await response.json()) as Record<string, unknown>;
}

test("the page has a button for each user, and nobody is signed in before", async () => {
  const { status, html } = await authorize();
  expect(status).toBe(200);
  for (const user of ["U0ALICE", "U0NOBODY"]) expect(html).toContain(`value="${user}"`);
});

test("text in the query is data on the page", async () => {
  const { html } = await authorize({ state: '"><script>' });
  expect(html).not.toContain("<script>");
});

describe("nobody is sent on", () => {
  test.each<[sentence: string, more: Record<string, string>]>([
    ["to another page than the app's", { redirect_uri: "http://127.0.0.1:8084/elsewhere" }],
    ["to another host", { redirect_uri: "https://evil.example/link/slack" }],
    ["for another app", { client_id: "1.1" }],
    ["for a token instead of a code", { response_type: "token" }],
    ["without the scope openid", { scope: "email" }],
  ])("%s", async (_, more) => {
    expect(await authorize({ ...more, as: "U0ALICE" })).toMatchObject({ status: 400, location: "" });
  });
});

test("a code is exchanged for a token that says who it is and in which workspace", async () => {
  const { ok, id_token: token } = await exchange(await codeOf("U0ALICE"));
  expect(ok).toBe(true);
  const [header = "", claims = "", signature = ""] = String(token).split(".");
  const { keys } = (await (await fetch(`${slack.url}/openid/connect/keys`)).json()) as { keys: object[] };
  const key = createPublicKey({ key: keys[0] ?? {}, format: "jwk" } as JsonWebKeyInput);
  expect(verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url"))).toBe(true);
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
    iss: "https://slack.com",
    aud: app.clientId,
    sub: "U0ALICE",
    nonce: "n",
    "https://slack.com/user_id": "U0ALICE",
    "https://slack.com/team_id": "T0LOCAL",
  });
});

describe("a code is not exchanged", () => {
  test.each<[sentence: string, more: Record<string, string>, error: string]>([
    ["with another secret", { client_secret: "guess" }, "bad_client_secret"],
    ["by another app", { client_id: "1.1" }, "invalid_client_id"],
    ["with another redirect URI", { redirect_uri: "http://127.0.0.1:9/link/slack" }, "bad_redirect_uri"],
    ["for another grant", { grant_type: "refresh_token" }, "invalid_grant_type"],
  ])("%s", async (_, more, error) => {
    expect(await exchange(await codeOf("U0ALICE"), more)).toEqual({ ok: false, error });
  });

  test("twice", async () => {
    const code = await codeOf("U0ALICE");
    expect(await exchange(code)).toMatchObject({ ok: true });
    expect(await exchange(code)).toEqual({ ok: false, error: "invalid_code" });
  });

  test("after ten minutes", async () => {
    const code = await codeOf("U0ALICE");
    now = new Date(now.getTime() + 601_000);
    expect(await exchange(code)).toEqual({ ok: false, error: "invalid_code" });
  });
});
