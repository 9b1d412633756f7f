/** The workspace of the local stack: one app, one channel, and who is in it. */
export const workspace = "T0LOCAL";

/** The Slack app, as Slack knows it. */
export const app = {
  id: "A0LOCAL",
  botUser: "U0LATCHKEY",
  clientId: "1000.2000",
  clientSecret: "local-client-secret",
  signingSecret: "local-signing-secret",
  botToken: "xoxb-local-bot-token",
} as const;

/** The value of the app's secret (docs/slack.md). */
export const appSecret = JSON.stringify({
  signingSecrets: [app.signingSecret],
  botToken: app.botToken,
  clientSecret: app.clientSecret,
});

/** Where requests are announced. */
export const onCallChannel = "C0ONCALL";

/** The people of the Slack users, by their ids. */
export const linkedUsers: Readonly<Record<string, string>> = {
  U0ALICE: "alice",
  U0BOB: "bob",
  U0CAROL: "carol",
  U0DAVE: "dave",
  U0ERIN: "erin",
};

/** Everybody in the workspace. The last is linked to nobody. */
export const users: readonly string[] = [...Object.keys(linkedUsers), "U0NOBODY"];

/** The channel of a user's direct messages with the app. */
export const directChannel = (user: string): string => `D${user.slice(1)}`;
