import { readSettings, type Settings } from "../../lib/settings.ts";
import { slackSecretArn } from "../aws/roles.ts";
import { slackClient } from "../shared/account.ts";
import { app, onCallChannel, workspace } from "./workspace.ts";

/** The settings of a stack with the Slack app. Requests for prod, and all that OnCall reviews, are announced in one channel. */
export const withSlack = (of: Settings): Settings =>
  readSettings({
    ...of,
    slack: {
      appId: app.id,
      clientId: app.clientId,
      workspaces: [workspace],
      secretArn: slackSecretArn,
      channels: [
        { channel: onCallChannel, tags: { env: "prod" } },
        { channel: onCallChannel, group: "OnCall" },
      ],
      signIn: { issuer: "local", ...slackClient },
    },
  });
