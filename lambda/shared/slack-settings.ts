import * as z from "zod";
import { secretArn } from "./secret-arn.ts";

const id = (form: RegExp, words: string) => z.string().regex(form, `must be ${words}`);

const workspace = id(/^T[A-Z0-9]{2,20}$/, "a workspace's id in Slack, such as T012ABCDE");
const enterprise = id(/^E[A-Z0-9]{2,20}$/, "an organization's id in Slack, such as E012ABCDE");

const channel = z.strictObject({
  channel: id(/^[CG][A-Z0-9]{2,20}$/, "a channel's id in Slack, such as C012ABCDE"),
  /** Tags that the instance, or the request's scope, has. Left out: any. */
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).optional(),
  /** A group, by its short name, that can review the request. Left out: any. */
  group: z.string().optional(),
});

/** The Slack app (docs/slack.md). */
export const slackSettings = z.strictObject({
  appId: id(/^A[A-Z0-9]{2,20}$/, "the app's id, such as A012ABCDE, of its page Basic Information"),
  /** The app's client at Slack's OpenID provider. */
  clientId: id(/^[0-9]+\.[0-9]+$/, "the app's client id, of its page Basic Information"),
  /** The workspaces whose requests are taken: nobody of another is served. */
  workspaces: z.array(workspace).min(1).max(100),
  /** Organizations of Enterprise Grid, of all whose workspaces requests are taken. */
  enterprises: z.array(enterprise).min(1).max(20).optional(),
  /** The secret in Secrets Manager. Left out: the stack makes one, which is empty until you fill it. */
  secretArn: secretArn.optional(),
  /** Where requests are announced: in the first channel that fits. Left out or none fits: nowhere. */
  channels: z.array(channel).max(100).default([]),
  /** How a person signs in while they link their Slack user: at which issuer of `identities.oidc`, and as which client. */
  signIn: z.strictObject({
    issuer: z.string(),
    clientId: z.string().min(1).max(256),
    scope: z
      .string()
      .regex(/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/, "must be names with one space between them")
      .default("openid"),
  }),
});

export type SlackSettings = z.infer<typeof slackSettings>;
