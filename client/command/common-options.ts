import type { World } from "../terminal/world.ts";
import type { OptionSpec } from "./command.ts";
import type { Options } from "./options.ts";

/** For one run, what a variable of the environment says for all. */
const settingOptions: readonly (OptionSpec & { readonly variable: string })[] = [
  { name: "url", value: "URL", variable: "LATCHKEY_URL", summary: "the API's URL, as LATCHKEY_URL" },
  {
    name: "api-region",
    value: "REGION",
    variable: "LATCHKEY_REGION",
    summary: "the region that requests are signed for, as LATCHKEY_REGION",
  },
  {
    name: "profile",
    value: "NAME",
    variable: "LATCHKEY_PROFILE",
    summary: "the AWS profile that signs requests, as LATCHKEY_PROFILE; no token is used",
  },
];

export const helpOption: OptionSpec = { name: "help", short: "h", summary: "show this help" };

/** Every command has them. */
export const commonOptions: readonly OptionSpec[] = [...settingOptions, helpOption];

/** Whether a word is one of the options that may also stand before the command, as in the AWS CLI. */
export const isSettingOption = (word: string) =>
  settingOptions.some(({ name }) => word.split("=", 1)[0] === `--${name}`);

/** Those of the options that are given, by name. */
export const givenSettings = (options: Options) => settingsBy(({ name }) => options.text(name));

/** Those that variables of the environment stand for, by name. */
export const settingsOf = (environment: World["environment"]) =>
  settingsBy(({ variable }) => environment[variable] || undefined);

function settingsBy(read: (option: (typeof settingOptions)[number]) => string | undefined): World["given"] {
  return Object.fromEntries(
    settingOptions.flatMap((option) => {
      const value = read(option);
      return value === undefined ? [] : [[option.name, value]];
    }),
  );
}

/** The variables of the environment that the options stand for. */
export function settingVariables(given: World["given"]): Readonly<Record<string, string>> {
  const variables = settingOptions.flatMap(({ name, variable }) =>
    given[name] === undefined ? [] : [[variable, given[name]]],
  );
  // A token would be sent instead of a signature.
  return { ...Object.fromEntries(variables), ...(given["profile"] && { LATCHKEY_TOKEN: "" }) };
}
