import type { SlackName } from "../contract/routes.ts";

/** Every route of the Slack app: Slack sends commands, clicks and forms to one, browsers get the others. */
export const slackRoutes = [
  ["POST", "slack", "slack"],
  ["GET", "link", "link"],
  ["POST", "link", "link"],
  ["GET", "link/company", "link"],
  ["GET", "link/slack", "link"],
] as const satisfies (readonly [method: string, path: string, name: SlackName])[];
