import type { AccessRequest } from "../../sdk/types.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

interface Place {
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
}

export type Tags = Readonly<Record<string, string>>;

/**
 * Reads what each `--tag` says: `env=dev`. A key may have no equals sign here, which EC2 would allow.
 *
 * @throws Failure `usage` if one is not KEY=VALUE, or a key comes twice: no instance has two values for it.
 */
export function readTags(given: readonly string[]): Tags {
  const pairs = given.map((tag) => {
    const [, key, value = ""] = /^([^=]+)=(.*)$/s.exec(tag) ?? [];
    if (key !== undefined) return [key, value] as const;
    throw new Failure("--tag takes KEY=VALUE", { exitCode: exitCodes.usage, hint: "such as --tag env=dev" });
  });
  const keys = pairs.map(([key]) => key);
  const repeated = keys.find((key, index) => keys.indexOf(key) < index);
  if (repeated === undefined) return Object.fromEntries(pairs);
  throw new Failure(`--tag names ${tagWord(repeated)} twice: an instance has one value for it`, {
    exitCode: exitCodes.usage,
  });
}

/**
 * `env=dev, "Data Class"="x, y"`: what is not plain is quoted, so that a tag's text cannot pass for another tag or for
 * our words.
 */
export function tagWords(tags: Tags): string {
  return Object.entries(tags)
    .map(([key, value]) => `${tagWord(key)}=${tagWord(value)}`)
    .join(", ");
}

/** What an access request is for: an instance's id, or every instance with some tags. */
export function scopeWords({ scope }: Pick<AccessRequest, "scope">): string {
  if (!("tags" in scope)) return visible(scope.instanceId);
  return `every instance${placeWords(scope)} with ${tagWords(scope.tags)}`;
}

/** ` of 111122223333 in us-east-1`, if the scope names account and region. */
export function placeWords({ accountId, region = "" }: Place): string {
  return accountId === undefined ? "" : ` of ${visible(accountId)} in ${visible(region)}`;
}

export function tagWord(text: string): string {
  return /^[\w.:/+@-]+$/.test(text) ? text : visible(JSON.stringify(text));
}
