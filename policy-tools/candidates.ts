import { isIPv4 } from "node:net";
import { type Attribute, type AttributeType, choices, ranges } from "./context.ts";

/** Values to try for attributes of a context, by path such as `access.approvals`. */
export type Candidates = ReadonlyMap<string, readonly unknown[]>;

type Json = Readonly<Record<string, unknown>>;
const isJson = (part: unknown): part is Json => typeof part === "object" && part !== null && !Array.isArray(part);

/** What joins conditions. Every other expression is compared as a whole. */
const connectives = ["&&", "||", "!", "if-then-else"];

/** Paths that an expression reads, and the literals that it compares them with. */
interface Atom {
  readonly paths: readonly string[];
  readonly literals: readonly (string | number)[];
}

/**
 * Values on both sides of everything that conditions compare: each literal, its neighbours, and a value that none names. So two
 * sets of conditions that differ for any context differ for one of these, as far as their comparisons are by themselves.
 *
 * @param conditions Cedar's residuals, in which attributes of the context are unknown.
 */
export function candidatesFor(
  conditions: readonly unknown[],
  attributes: readonly Attribute[],
  defaults: Readonly<Record<string, unknown>>,
): Candidates {
  const atoms = conditions.flatMap(atomsIn);
  const types = new Map(leaves(attributes));
  const paths = [...new Set(atoms.flatMap((atom) => atom.paths))].sort();
  return new Map(
    paths.map((path) => {
      const about = atoms.filter((atom) => atom.paths.includes(path));
      const type = types.get(path);
      if (type === undefined) throw new Error(`The schema has no attribute ${path}`);
      const values = valuesFor(path, type, about, defaults);
      return [path, [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]];
    }),
  );
}

/** Every attribute that is no record, by path. */
function leaves(attributes: readonly Attribute[], prefix = ""): (readonly [string, AttributeType])[] {
  return attributes.flatMap(({ name, type }) =>
    type.kind === "Record" ? leaves(type.attributes, `${prefix}${name}.`) : [[`${prefix}${name}`, type] as const],
  );
}

function atomsIn(expression: unknown): Atom[] {
  if (!isJson(expression)) return [];
  const [operator = ""] = Object.keys(expression);
  const operands = expression[operator];
  if (connectives.includes(operator) && isJson(operands)) return Object.values(operands).flatMap(atomsIn);
  return [{ paths: pathsIn(expression), literals: literalsIn(expression) }];
}

function pathsIn(part: unknown): string[] {
  if (typeof part !== "object" || part === null) return [];
  const unknown = isJson(part) && Array.isArray(part["unknown"]) ? part["unknown"] : undefined;
  if (unknown) return unknown.flatMap((each) => (isJson(each) ? [String(each["Value"])] : []));
  return Object.values(part).flatMap(pathsIn);
}

function literalsIn(part: unknown): (string | number)[] {
  if (typeof part === "string" || typeof part === "number") return [part];
  if (Array.isArray(part)) return part.flatMap(literalsIn);
  if (!isJson(part) || "unknown" in part) return [];
  return Object.entries(part).flatMap(([key, value]) => {
    if (key === "pattern" && Array.isArray(value)) return patternTexts(value);
    // The operators' own words are no literals: the name of an attribute, a type, a function.
    return ["attr", "entity_type", "fn"].includes(key) ? [] : literalsIn(value);
  });
}

/** Texts that a pattern of `like` takes: each wildcard stands for nothing, or for something. */
function patternTexts(pattern: readonly unknown[]): string[] {
  return ["", "x"].map((wildcard) =>
    pattern.map((part) => (isJson(part) ? String(part["Literal"]) : wildcard)).join(""),
  );
}

function valuesFor(
  path: string,
  type: AttributeType,
  atoms: readonly Atom[],
  defaults: Readonly<Record<string, unknown>>,
): readonly unknown[] {
  const literals = atoms.flatMap((atom) => atom.literals);
  const texts = literals.filter((literal) => typeof literal === "string");
  const usual = defaults[path];
  switch (type.kind) {
    case "Bool":
      return [false, true];
    case "Set":
      return [[], ...texts.map((text) => [text]), texts];
    case "ipaddr":
      return ["192.0.2.1", "2001:db8::1", ...texts.flatMap(addressesAt)];
    case "String":
      return choices[path] ?? [usual ?? "", "somebody-else", ...texts];
    default:
      return numbers(path, atoms, defaults);
  }
}

/** Below, at and above each number. Two attributes in one comparison are tried at that distance from each other's default. */
function numbers(path: string, atoms: readonly Atom[], defaults: Readonly<Record<string, unknown>>): number[] {
  const usual = (of: string) => Number(defaults[of] ?? 0);
  const [least, most] = ranges[path] ?? [0, Number.MAX_SAFE_INTEGER];
  const edges = atoms.flatMap(({ paths, literals }) => {
    const given = literals.filter((literal) => typeof literal === "number");
    const others = paths.filter((other) => other !== path).map(usual);
    return [...given, ...others.flatMap((other) => [0, ...given].flatMap((by) => [other - by, other + by]))];
  });
  return [usual(path), ...edges.flatMap((edge) => [edge - 1, edge, edge + 1])]
    .filter((value) => value >= least && value <= most)
    .sort((a, b) => a - b);
}

/** How addresses of a family are written: groups of so many bits. */
interface Family {
  readonly bits: bigint;
  readonly count: number;
  readonly radix: number;
  readonly separator: string;
}
const version4: Family = { bits: 8n, count: 4, radix: 10, separator: "." };
const version6: Family = { bits: 16n, count: 8, radix: 16, separator: ":" };

/** The addresses at both ends of a range, and those just outside. */
function addressesAt(text: string): string[] {
  const [address = "", length] = text.split("/");
  const family = isIPv4(address) ? version4 : version6;
  const width = family.bits * BigInt(family.count);
  const value = numberOf(address, family);
  const size = 1n << (width - BigInt(length ?? width));
  const first = value - (value % size);
  return [first - 1n, first, value, first + size - 1n, first + size]
    .filter((each) => each >= 0n && each < 1n << width)
    .map((each) => written(each, family));
}

function numberOf(address: string, { bits, count, radix, separator }: Family): bigint {
  const [before = "", after = ""] = address.split("::");
  const [head = [], tail = []] = [before, after].map((text) => (text === "" ? [] : text.split(separator)));
  const zeros = Array.from({ length: count - head.length - tail.length }, () => "0");
  return [...head, ...zeros, ...tail].reduce((sum, part) => (sum << bits) + BigInt(Number.parseInt(part, radix)), 0n);
}

function written(value: bigint, { bits, count, radix, separator }: Family): string {
  const groups = Array.from({ length: count }, (_, index) => (value >> (bits * BigInt(index))) & ((1n << bits) - 1n));
  return groups
    .reverse()
    .map((group) => group.toString(radix))
    .join(separator);
}
