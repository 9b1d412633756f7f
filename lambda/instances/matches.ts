import { addressesOf } from "../inventory/rows.ts";
import { canonicalAddress } from "../resolve/ip-address.ts";
import type { Instance, InstanceKey } from "../shared/instance.ts";
import type { TargetKey } from "../shared/target.ts";
import type { InstanceFilter } from "./ports.ts";

/** Whether a target is one that a list is about. */
export function isListed(
  { accountId, region }: TargetKey,
  filter: Pick<InstanceFilter, "accountId" | "region">,
): boolean {
  return accountId === (filter.accountId ?? accountId) && region === (filter.region ?? region);
}

/** Whether an instance is one of those that a list asks for. */
export function matches(instance: Instance & InstanceKey, filter: InstanceFilter): boolean {
  const { name, namePrefix = "", address, state = instance.state, tags } = filter;
  const ownName = Object.hasOwn(instance.tags, "Name") ? (instance.tags["Name"] ?? "") : "";
  return (
    isListed(instance, filter) &&
    state === instance.state &&
    ownName === (name ?? ownName) &&
    ownName.startsWith(namePrefix) &&
    (address === undefined || addressesOf(instance).includes(addressKey(address))) &&
    tags.every(({ key, value }) => Object.hasOwn(instance.tags, key) && instance.tags[key] === value)
  );
}

/** An IP address or a DNS name as the inventory has it. */
export const addressKey = (address: string) => canonicalAddress(address).toLowerCase();
