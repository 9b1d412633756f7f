import type { AccessRequest } from "../../sdk/types.ts";
import { type Tags, tagQuery } from "../ui/tag-query.ts";

/** The tags of a form, or what is wrong with them. */
export type ReadTags = { readonly tags: Tags } | { readonly fault: string };

/**
 * Reads tags as they are written, one `KEY=VALUE` a line. Spaces around a line do not count; those inside do. Which keys a
 * scope may name is the API's to say.
 */
export function readTags(text: string): ReadTags {
  const lines = text.split("\n").map((line) => line.trim());
  const pairs = lines.filter((line) => line !== "").map((line) => line.split(/=(.*)/s));
  if (pairs.length === 0) return { fault: "Name at least one tag, such as env=dev." };
  if (pairs.some(([key, value]) => key === "" || value === undefined)) {
    return { fault: "Write each tag as KEY=VALUE, on a line of its own." };
  }
  const keys = pairs.map(([key]) => key);
  if (new Set(keys).size < keys.length) return { fault: "A key is there twice: an instance has one value for it." };
  return { tags: Object.fromEntries(pairs) };
}

/** The same in the form that `readTags` takes. */
export const writeTags = (tags: Tags): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join("\n");

/** The query of a link that asks for the same once more. */
export const askAgainQuery = ({ scope, osUser }: Pick<AccessRequest, "scope" | "osUser">) =>
  "tags" in scope
    ? { ...tagQuery(scope.tags), accountId: scope.accountId, region: scope.region, osUser }
    : { instanceId: scope.instanceId, osUser };
