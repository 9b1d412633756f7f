import type { AccessRequestResponse } from "../../contract/access-request.ts";

/** A channel, and which requests are announced there: those that it fits in every way that it names. */
export interface ChannelRule {
  readonly channel: string;
  /** Tags that the instance, or the request's scope, has. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** A group that can review the request. */
  readonly group?: string | undefined;
}

/**
 * The channel that a request is announced in: the first that fits. Undefined if none does, or if there is nothing to review and no
 * glass was broken.
 *
 * @param tags of the instance, or those in the scope.
 */
export function channelOf(
  rules: readonly ChannelRule[],
  { requirements, breakGlass }: Pick<AccessRequestResponse, "requirements" | "breakGlass">,
  tags: Readonly<Record<string, string>>,
): string | undefined {
  const { approvals, alternatives, reviewers = [] } = requirements;
  if (approvals === 0 && !alternatives && !breakGlass) return undefined;
  const groups = reviewers.flatMap(({ kind, name }) => (kind === "group" ? name.split(" and ") : []));
  const hasTags = (wanted: Readonly<Record<string, string>>) =>
    Object.entries(wanted).every(([key, value]) => Object.hasOwn(tags, key) && tags[key] === value);
  return rules.find((rule) => hasTags(rule.tags ?? {}) && (rule.group === undefined || groups.includes(rule.group)))
    ?.channel;
}
