import type { Instance } from "../../sdk/types.ts";
import { phrase, visible } from "../terminal/terminal.ts";

type Option = Instance["connectionOptions"][number];
type Check = NonNullable<Option["checks"]>[number];

/** Those that say what to change come first. The API may know further results. */
const rank = (result: string) => ["fail", "unknown"].indexOf(result) + 1 || (result === "pass" ? 4 : 3);

/**
 * What was checked between the user and an instance, a paragraph for each connection type. None if the API has no checks.
 *
 * @param connectionType the one that counts; undefined: all.
 */
export function checkWords({ connectionOptions }: Instance, connectionType: string | undefined): string[] {
  return connectionOptions
    .filter((option) => connectionType === undefined || option.connectionType === connectionType)
    .flatMap(({ connectionType: type, checks = [] }) =>
      checks.length === 0 ? [] : [`Checks of ${visible(type)}:`, ...lines(checks)],
    );
}

function lines(checks: readonly Check[]): string[] {
  const telling = checks
    .filter(({ result }) => result !== "pass")
    .toSorted((one, other) => rank(one.result) - rank(other.result))
    .map(({ check, result, detail }) => `  ${visible(result).padEnd(7)} ${visible(check)}: ${phrase(detail)}`);
  const passed = checks.filter(({ result }) => result === "pass").map(({ check }) => visible(check));
  return [...telling, ...(passed.length === 0 ? [] : [`  pass    ${passed.join(", ")}`])];
}
