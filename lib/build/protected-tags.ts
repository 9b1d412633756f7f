import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import { scopeKeys, tagKeysIn } from "../../lambda/policy/tag-keys.ts";
import type { Settings } from "../settings.ts";

/**
 * The keys of all tags that can give access: those that policies name, those that a scope may name, and the push tag's.
 * The service control policy leaves them to the tag administrators.
 */
export function protectedTagKeys(
  policies: Readonly<Record<string, PolicyJson>>,
  { scopeTags, pushTag }: Pick<Settings, "scopeTags" | "pushTag">,
): readonly string[] {
  const named = Object.values(policies).flatMap(({ conditions }) => tagKeysIn(conditions));
  return scopeKeys(pushTag ? [...named, pushTag.key] : named, scopeTags);
}
