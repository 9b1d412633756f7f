import { type Instance, type InstanceKey, instanceKey } from "../shared/instance.ts";

// An instance has one row with all that is known of it, and rows by which it is found, each in a partition whose rows are sorted
// by the instance's name. Which rows those are is a pure function of the instance and of the indexed tags.

/** What a partition has in common: an account, a region, both or neither, and a tag, a state, both or neither. */
export type Partition =
  | { readonly instanceId: string }
  /** An IP address, or a DNS name in lower case: a private one also without its domain. */
  | { readonly address: string }
  | {
      readonly accountId?: string | undefined;
      readonly region?: string | undefined;
      readonly tag?: { readonly key: string; readonly value: string } | undefined;
      /** Of EC2, but not `running`: most instances are. */
      readonly state?: string | undefined;
    };

/** The part of a partition from one place on, up to another: the first is not in it. */
export interface PartitionRange {
  readonly after: string;
  readonly upTo: string;
}

/** The key of a row. */
export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

export const instancePrefix = "instance#";
export const idPrefix = "id#";
const addressPrefix = "address#";
const listPrefix = "list#";

/** Neither an account, a region nor a name can have it in it. */
const separator = "\0";

/** The row with all that is known of an instance. */
export const instanceRow = (key: InstanceKey): RowKey => ({
  pk: `${instancePrefix}${instanceKey(key)}`,
  sk: "instance",
});

/** Where it is noted how syncs ended. */
export const syncPartition = "syncs";

/** The key of a partition. */
export function partitionKey(partition: Partition): string {
  if ("instanceId" in partition) return `${idPrefix}${partition.instanceId}`;
  if ("address" in partition) return `${addressPrefix}${partition.address.toLowerCase()}`;
  const { accountId = "", region = "", tag, state } = partition;
  const parts = [...(tag ? [`tag#${tag.key}${separator}${tag.value}`] : []), ...(state ? [`state#${state}`] : [])];
  return `${listPrefix}${accountId}/${region}#${parts.join(separator)}`;
}

/** DynamoDB's limit on a sort key is 1,024 bytes, and a name has up to 256 characters. */
const longestName = 800;

/** The name as far as places have it. */
function nameInPlaces(name: string): string {
  const bytes = Buffer.from(name);
  // Half a character at the end becomes U+FFFD.
  return bytes.length <= longestName
    ? bytes.toString()
    : bytes
        .subarray(0, longestName)
        .toString()
        .replace(/\ufffd$/, "");
}

/** The place of an instance in each of its partitions: those of one name are together. */
export function placeOf({ tags, ...key }: InstanceKey & Pick<Instance, "tags">): string {
  return `${nameInPlaces(tags["Name"] ?? "")}${separator}${instanceKey(key)}`;
}

/** Whether a text has the form of a place. */
export const isPlace = (text: string) => text.includes(separator);

/** The instance at a place. */
export function instanceAt(place: string): InstanceKey {
  const [accountId = "", region = "", instanceId = ""] = place.slice(place.lastIndexOf(separator) + 1).split("/");
  return { accountId, region, instanceId };
}

/** Behind every place that begins with a text: more of the last character, which has four bytes, than a name holds. */
const behind = (start: string) => start + "\u{10ffff}".repeat((longestName + 8 - Buffer.byteLength(start)) / 4);

/** The places of all instances, of those with a name, or of those whose name begins so; only those after a place, if it is given. */
export function rangeOf(
  { name, namePrefix = "" }: { readonly name?: string | undefined; readonly namePrefix?: string | undefined },
  after?: string,
): PartitionRange {
  const start = name === undefined ? nameInPlaces(namePrefix) : `${nameInPlaces(name)}${separator}`;
  // A key is never empty, and a place never shorter than this.
  return { after: after ?? (start || separator), upTo: behind(start) };
}

/** The order of places: that of their bytes, as in DynamoDB. */
export const inOrder = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** The rows by which an instance is found. */
export function indexRows(instance: Instance, indexedTags: readonly string[]): readonly RowKey[] {
  const { accountId, region, instanceId, state, tags } = instance;
  const place = placeOf(instance);
  const tagged = Object.entries(tags).flatMap(([key, value]) =>
    indexedTags.includes(key) ? [{ tag: { key, value } }] : [],
  );
  const listed = [{}, ...tagged].flatMap((each) => (state === "running" ? [each] : [each, { ...each, state }]));
  const partitions: Partition[] = [
    { instanceId },
    ...addressesOf(instance).map((address) => ({ address })),
    ...[{}, { accountId }, { region }, { accountId, region }].flatMap((where) =>
      listed.map((each) => ({ ...where, ...each })),
    ),
  ];
  return partitions.map((partition) => ({ pk: partitionKey(partition), sk: place }));
}

/** Addresses and DNS names, each once. AWS's private names are also found without their domain. */
export function addressesOf(instance: Instance): readonly string[] {
  const { addresses, publicDnsName, privateDnsName } = instance;
  const names = [publicDnsName, privateDnsName, ...addresses.map(({ dnsName }) => dnsName)];
  const known = names.flatMap((name) => (name ? [name.toLowerCase()] : []));
  const short = known.flatMap((name) => (name.startsWith("ec2-") ? [] : name.split(".", 1)));
  return [...new Set([...addresses.map(({ address }) => address.toLowerCase()), ...known, ...short])];
}
