import type { AccessRequestResponse } from "../../contract/access-request.ts";
import { showDuration } from "../../contract/duration.ts";
import { posixWord } from "../../contract/posix-word.ts";
import { missingApprovals } from "../../contract/requirements-words.ts";
import type { NamedInstance } from "../targets/locate.ts";

/** A time of the API's, for people: `2026-03-01 14:05 UTC`. */
export const showTime = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;

/** `prod-1 (i-0900000000000000d)` */
export const instanceWords = (instanceId: string, name: string | undefined): string =>
  name === undefined ? instanceId : `${name} (${instanceId})`;

/** `env=prod, team="a, b"`: a tag's text cannot pass for another tag. */
const tagWords = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map((pair) => pair.map((text) => (/^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text))).join("="))
    .join(", ");

/** What access is for: `prod-1 (i-0900000000000000d)`, or `every instance with env=prod`. */
export function scopeWords({ scope }: Pick<AccessRequestResponse, "scope">, name?: string): string {
  if ("instanceId" in scope) return instanceWords(scope.instanceId, name);
  const place = scope.accountId === undefined ? "" : ` of ${scope.accountId} in ${scope.region}`;
  return `every instance${place} with ${tagWords(scope.tags)}`;
}

/** How long access lasts: `1h`, or `30m (1h asked for)` if reviewers have shortened it. */
export function lengthWords({ durationSeconds, grantedSeconds = durationSeconds }: Lasting): string {
  const granted = showDuration(grantedSeconds);
  return grantedSeconds === durationSeconds ? granted : `${granted} (${showDuration(durationSeconds)} asked for)`;
}

type Lasting = Pick<AccessRequestResponse, "durationSeconds" | "grantedSeconds">;

/** `waits for 2 approvals, until 2026-03-01 14:05 UTC` */
export function waitingWords(
  asked: Parameters<typeof missingApprovals>[0] & { readonly pendingUntil: string },
): string {
  const missing = missingApprovals(asked);
  return `waits for ${missing} approval${missing === 1 ? "" : "s"}, until ${showTime(asked.pendingUntil)}`;
}

/** Where a request stands, as the end of a sentence. */
export function statusWords(request: AccessRequestResponse): string {
  const { status, startsAt = "", expiresAt = "", activatedAt } = request;
  const bySuspension = request.isEndedBySuspension ? " by a suspension" : "";
  switch (status) {
    case "pending":
      return waitingWords(request);
    case "scheduled":
      return `approved: access starts at ${showTime(startsAt)}, and ends at ${showTime(expiresAt)}`;
    case "active":
      return `active until ${showTime(expiresAt)}`;
    case "expired":
      return activatedAt === undefined ? "expired: it was not approved in time" : `ended at ${showTime(expiresAt)}`;
    case "denied":
      return "denied";
    case "cancelled":
      return `cancelled${bySuspension}`;
    case "revoked":
      return `revoked${bySuspension}`;
    case "unknown":
      return "written by a newer version of Latchkey";
  }
}

/** What to type to connect. It names the instance by id: that is exactly this one, and no text of other people is in it. */
export function sshCommand({ instanceId, accountId, region }: NamedInstance, osUser: string): string {
  const place = accountId === undefined ? "" : `@${accountId}/${region}`;
  return `latchkey ssh ${instanceId}${place} --os-user ${posixWord(osUser)}`;
}

/** What to type to see the instances with some tags. */
export const instancesCommand = (tags: Readonly<Record<string, string>>): string =>
  ["latchkey instances", ...Object.entries(tags).map(([key, value]) => `--tag ${posixWord(`${key}=${value}`)}`)].join(
    " ",
  );
