import type { AccessRequest, Instance } from "../../sdk/types.ts";

/** Whether an access request is for an instance, by its id or by its tags. Policy decides what comes of it. */
export function covers(
  { scope }: Pick<AccessRequest, "scope">,
  { instanceId, accountId, region, tags }: Pick<Instance, "instanceId" | "accountId" | "region" | "tags">,
): boolean {
  if (!("tags" in scope)) return scope.instanceId === instanceId;
  if ((scope.accountId ?? accountId) !== accountId || (scope.region ?? region) !== region) return false;
  return Object.entries(scope.tags).every(([key, value]) => Object.hasOwn(tags, key) && tags[key] === value);
}

/** Those that give access, and then those that may yet. */
export function openRequests(requests: readonly AccessRequest[]): readonly AccessRequest[] {
  const order = ["active", "scheduled", "pending"];
  return requests
    .filter(({ status }) => order.includes(status))
    .toSorted((one, other) => order.indexOf(one.status) - order.indexOf(other.status));
}
