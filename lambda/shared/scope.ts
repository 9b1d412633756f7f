import { type Instance, type InstanceKey, isSameInstance } from "./instance.ts";

/** All instances that have all of these tags: in one target if account and region are named, else in every one. */
export interface TagScope {
  readonly tags: Readonly<Record<string, string>>;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
}

/** What an access request covers. */
export type Scope = InstanceKey | TagScope;

export const isTagScope = (scope: Scope): scope is TagScope => "tags" in scope;

/** What policies see of it. */
export type ScopeKind = "instance" | "tags";

export const scopeKind = (scope: Scope): ScopeKind => (isTagScope(scope) ? "tags" : "instance");

/** The instance in a scope of one. Undefined for a scope of tags. */
export const instanceIn = (scope: Scope): InstanceKey | undefined => (isTagScope(scope) ? undefined : scope);

export function isSameScope(one: Scope, other: Scope): boolean {
  if (!isTagScope(one) || !isTagScope(other))
    return !isTagScope(one) && !isTagScope(other) && isSameInstance(one, other);
  const sorted = ({ tags, accountId = "", region = "" }: TagScope) =>
    JSON.stringify([Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)), accountId, region]);
  return sorted(one) === sorted(other);
}

/** Whether an instance is in a scope, by all the tags that it has. */
export function isInScope(scope: Scope, instance: Pick<Instance, keyof InstanceKey | "tags">): boolean {
  if (!isTagScope(scope)) return isSameInstance(scope, instance);
  const { tags, accountId = instance.accountId, region = instance.region } = scope;
  const wanted = Object.entries(tags);
  return (
    accountId === instance.accountId &&
    region === instance.region &&
    // An empty scope would cover everything.
    wanted.length > 0 &&
    wanted.every(([key, value]) => Object.hasOwn(instance.tags, key) && instance.tags[key] === value)
  );
}

/** Stands for all instances in a scope of tags: it has exactly these tags, and nothing else is known of it. */
export function syntheticInstance({ tags, accountId = "", region = "" }: TagScope): Instance {
  return { instanceId: "", accountId, region, tags, availabilityZone: "", state: "running", addresses: [] };
}

/** As the API shows it. */
export const scopeResponse = (scope: Scope) =>
  isTagScope(scope) ? { ...scope, tags: { ...scope.tags } } : { instanceId: scope.instanceId };
