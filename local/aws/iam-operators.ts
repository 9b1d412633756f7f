import { BlockList, isIP } from "node:net";
import { fitsWildcard } from "./iam-wildcard.ts";

/** Whether a value of the request satisfies a value of the policy. Throws if the latter is malformed. */
type Match = (expected: string) => (actual: string) => boolean;

const equals: Match = (expected) => (actual) => actual === expected;

const numeric =
  (compare: (actual: number, expected: number) => boolean): Match =>
  (expected) => {
    const limit = readNumber(expected);
    if (Number.isNaN(limit)) throw malformed("a number", expected);
    return (actual) => compare(readNumber(actual), limit); // NaN compares false
  };

const date =
  (compare: (actual: number, expected: number) => boolean): Match =>
  (expected) => {
    const limit = readDate(expected);
    if (Number.isNaN(limit)) throw malformed("an ISO 8601 date or epoch seconds", expected);
    return (actual) => compare(readDate(actual), limit);
  };

const boolean: Match = (expected) => {
  const wanted = readBoolean(expected);
  return (actual) => actual.toLowerCase() === String(wanted);
};

const ipAddress: Match = (expected) => {
  const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(expected) ?? [];
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (version === 0 || length > bits) throw malformed("an IP address or CIDR range", expected);
  const family = version === 4 ? "ipv4" : "ipv6";
  const range = new BlockList();
  range.addSubnet(address, length, family);
  // BlockList would match every IPv4 address with ::/0, by its IPv4-mapped form.
  return (actual) => isIP(actual) === version && range.check(actual, family);
};

/** Matches each of an ARN's six components separately, so that `*` crosses a colon only in the last. */
const arn: Match = (expected) => {
  const patterns = arnComponents(expected);
  if (patterns === undefined) throw malformed("an ARN of six components", expected);
  return (actual) => {
    const components = arnComponents(actual);
    return components?.every((component, index) => fitsWildcard(patterns[index] ?? "", component)) ?? false;
  };
};

/** `negated`: holds when none of the policy's values matches. */
interface Operator {
  readonly match: Match;
  readonly negated?: true;
}

/** The operators that Latchkey's policies may use; all others are refused. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["StringEquals", { match: equals }],
  ["StringEqualsIgnoreCase", { match: (expected) => (actual) => actual.toLowerCase() === expected.toLowerCase() }],
  ["StringNotEquals", { match: equals, negated: true }],
  ["StringLike", { match: (expected) => (actual) => fitsWildcard(expected, actual) }],
  ["NumericEquals", { match: numeric((actual, expected) => actual === expected) }],
  ["NumericLessThan", { match: numeric((actual, expected) => actual < expected) }],
  ["NumericLessThanEquals", { match: numeric((actual, expected) => actual <= expected) }],
  ["NumericGreaterThan", { match: numeric((actual, expected) => actual > expected) }],
  ["NumericGreaterThanEquals", { match: numeric((actual, expected) => actual >= expected) }],
  ["DateLessThan", { match: date((actual, expected) => actual < expected) }],
  ["DateGreaterThan", { match: date((actual, expected) => actual > expected) }],
  ["Bool", { match: boolean }],
  ["IpAddress", { match: ipAddress }],
  ["NotIpAddress", { match: ipAddress, negated: true }],
  ["ArnEquals", { match: arn }], // "ArnEquals and ArnLike behave identically"
  ["ArnLike", { match: arn }],
  ["ArnNotEquals", { match: arn, negated: true }],
  ["ArnNotLike", { match: arn, negated: true }],
]);

/** @throws Error for anything but true and false, in any case */
export function readBoolean(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower !== "true" && lower !== "false") throw malformed("true or false", text);
  return lower === "true";
}

const readNumber = (text: string): number => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN);

/** Milliseconds since the epoch, of an ISO 8601 date, or time with its offset, or of epoch seconds. */
function readDate(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  return /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
}

function arnComponents(text: string): readonly string[] | undefined {
  const [arn, partition, service, region, account, ...resource] = text.split(":");
  return arn === "arn" && resource.length > 0
    ? [arn, partition ?? "", service ?? "", region ?? "", account ?? "", resource.join(":")]
    : undefined;
}

const malformed = (what: string, value: string): Error =>
  new Error(`IAM stand-in: a condition wants ${what}, not ${JSON.stringify(value)}`);
