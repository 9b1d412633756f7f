import { readFileSync } from "node:fs";
import path from "node:path";
import type { ApiFunctionName, authorizerName, SlackName, webhooksName } from "../../contract/routes.ts";
import type { SharedSettings } from "./settings.ts";
import { settingsFile } from "./settings-file.ts";

const forCallers = ["identities", "groups", "callerThrottle"] as const;

/** Of those that also read instances. */
const forReaders = [...forCallers, "targets"] as const;

const forConnections = ["defaultOsUser", "serialConsole", "pushTag"] as const;

/**
 * Which settings each function reads. Its bundle holds these and no others; other workers read none. The authorizer and the
 * Slack app's door take them unchecked.
 */
export const functionSettings = {
  connect: [
    ...forReaders,
    ...forConnections,
    ...["callerQuotas", "timeZone", "maxTunnelSeconds", "dualStackTunnels", "integrations", "scopeTags"],
  ],
  instances: [...forReaders, ...forConnections, "timeZone", "scopeTags", "integrations"],
  inspect: [...forReaders, ...forConnections],
  access: [...forReaders, "callerQuotas", "timeZone", "scopeTags", "integrations"],
  wait: forReaders,
  audit: [...forReaders, "timeZone"],
  register: forReaders,
  service: forCallers,
  capture: ["targets"],
  sync: ["targets", "scopeTags"],
  authorize: ["identities", "groups"],
  slack: ["slack"],
  chat: [...forReaders, ...forConnections, "callerQuotas", "timeZone", "scopeTags", "integrations", "slack"],
  link: ["identities", "groups", "slack"],
  webhooks: ["webhooks"],
} as const satisfies Record<
  ApiFunctionName | SlackName | "capture" | "sync" | typeof authorizerName | typeof webhooksName,
  readonly (keyof SharedSettings)[]
>;

type FunctionSettings<Name extends keyof typeof functionSettings> = Pick<
  SharedSettings,
  (typeof functionSettings)[Name][number]
>;

const optional: readonly string[] = ["pushTag", "targets"] satisfies (keyof SharedSettings)[];

/**
 * Reads a function's settings from the directory of its bundle. The build has checked their values: checking them again would
 * take part of every cold start.
 *
 * @throws Error if the file is missing, or if one of the settings is missing or unknown: the function does not start.
 */
export function readFunctionSettings<Name extends keyof typeof functionSettings>(
  name: Name,
  directory: string,
): FunctionSettings<Name> {
  const settings = JSON.parse(readFileSync(path.join(directory, settingsFile), "utf8"));
  const names: readonly string[] = functionSettings[name];
  const missing = names.filter((each) => !optional.includes(each) && settings[each] === undefined);
  const unknown = Object.keys(settings).filter((each) => !names.includes(each));
  if (missing.length > 0) throw new Error(`${settingsFile} lacks ${missing}`);
  if (unknown.length > 0) throw new Error(`${settingsFile} has unknown settings: ${unknown}`);
  return settings;
}
