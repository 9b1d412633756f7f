import { isTagScope, type Scope } from "../shared/scope.ts";
import type { PolicyEngine } from "./engine.ts";
import { scopeKeys } from "./tag-keys.ts";

/**
 * Whether a scope names only tags that it may. If policies or settings drop a key, it is protected no more, and a
 * stored scope that names it covers nothing.
 */
export function hasScopeKeys(
  { tagKeys }: Pick<PolicyEngine, "tagKeys">,
  scopeTags: readonly string[],
  scope: Scope,
): boolean {
  const known = scopeKeys(tagKeys, scopeTags);
  return !isTagScope(scope) || Object.keys(scope.tags).every((key) => known.includes(key));
}
