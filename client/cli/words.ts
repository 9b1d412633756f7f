import { exitCodes } from "../terminal/exit-code.ts";

/** What `latchkey` is, in a line. */
export const purpose = "SSH access to EC2 instances with keys that live sixty seconds";

/** The variables of the environment, as the help tells them. */
export const variables: readonly (readonly [name: string, meaning: string])[] = [
  ["LATCHKEY_URL", "the API's URL, such as https://abc123.execute-api.us-east-1.amazonaws.com/live"],
  ["LATCHKEY_REGION", "the region that requests are signed for, if neither the URL nor AWS_REGION says it"],
  ["LATCHKEY_PROFILE", "the AWS profile whose credentials sign requests; it goes before AWS_ACCESS_KEY_ID"],
  ["LATCHKEY_TOKEN", "a bearer token, sent instead of a signature"],
  ["LATCHKEY_CONFIG", "the config file's path, if it is not the usual one"],
  ["LATCHKEY_DEBUG", "1: show where a bug in latchkey has happened"],
  ["NO_COLOR", "any value: no colours"],
];

export const configFileText = `Settings that should stay go into the config file: ~/.config/latchkey/config.json, %APPDATA%\\latchkey\\config.json on Windows. Variables go before it.

  {"url": "https://…", "region": "us-east-1", "profile": "work",
   "issuer": "https://…", "clientId": "…", "scope": "…",
   "tokenCommand": ["cmd", "arg"]}

Requests are signed with the usual AWS credentials (variables, profile, SSO, container, instance), or bear the token of a login, or the one that tokenCommand prints.`;

/** What each exit code says, for scripts. */
export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.ok, "done"],
  [exitCodes.failed, "policy test: one is not as expected; policy diff: they differ"],
  [exitCodes.unusable, "policies, or files about them, that cannot be used"],
  [exitCodes.usage, "no such command, option or argument"],
  [exitCodes.invalid, "the API refused what was sent as invalid, or a file is invalid or incomplete"],
  [exitCodes.noInput, "a file cannot be read"],
  [exitCodes.notFound, "no such instance or access request, or several with that name"],
  [exitCodes.unavailable, "out of reach: not running, no route, the API or AWS down; or a list may be incomplete"],
  [exitCodes.internal, "a bug in latchkey"],
  [exitCodes.output, "the output cannot be written, for example to a full disk"],
  [exitCodes.tryAgain, "try the same again later"],
  [exitCodes.protocol, "the response is not Latchkey's"],
  [exitCodes.noPermission, "not allowed: by signature, policy or a reviewer"],
  [exitCodes.configuration, "no URL, no credentials, or a config file that is not valid"],
  [exitCodes.interrupted, "ended by Ctrl-C"],
];

/** The last line of the exit codes. */
export const exitCodeNote = "Once ssh, scp or sftp runs, its exit code is latchkey's.";
