import type { PatternElem, PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import { personId } from "../../contract/caller.ts";
import { personRolesOf } from "../../lambda/callers/identities.ts";
import { nameOf } from "../../lambda/policy/authorize.ts";
import { asciiLowerCase, idsLike, matchesId } from "../../lambda/shared/person-ids.ts";
import type { IdentitySettings, Integration } from "../../lambda/shared/settings.ts";
import { canBeId, canBePersonId, canMatch, machineForm, patternOf, personForm, textOf } from "../id-patterns.ts";
import { nearest } from "../nearest.ts";
import { attributeForms } from "./attribute-forms.ts";

/** The settings that say what policies can name. */
export type NamedInSettings = IdentitySettings & { readonly integrations: readonly Integration[] };

/**
 * Finds what a policy names and no request can have: a group, person or machine that settings cannot produce, an id that no
 * caller or instance can have, a region, account or other text in a form that it never has, a tag key that is not a literal.
 * A `forbid` with such a condition forbids nothing.
 *
 * @returns a message for each, with the name that was probably meant.
 */
export function unknownNames(policy: PolicyJson, settings: NamedInSettings): string[] {
  const { principal, action, resource, conditions } = policy;
  return nodesIn([principal, action, resource, conditions]).flatMap((node) => [
    ...complaintsAboutEntity(node, settings),
    ...complaintsAboutComparison(node, settings),
    ...complaintsAboutPattern(node),
    ...complaintsAboutName(node, settings),
    ...complaintsAboutSource(node),
    ...complaintsAboutAttribute(node),
    ...complaintsAboutTag(node),
    ...complaintsAboutIntegration(node, settings),
  ]);
}

/** A name that is looked for among the integrations that have approved. */
function complaintsAboutIntegration(node: Node, { integrations }: NamedInSettings): string[] {
  const values = comparedIn(node);
  if (!values.some(isIntegrations)) return [];
  const names = integrations.map(({ name }) => name);
  return literalsIn(values)
    .filter((name) => !names.includes(name))
    .map((name) => `the setting integrations has no "${name}"${suggestion(nearest(name, names))}`);
}

function isIntegrations(expression: unknown): boolean {
  const access = isNode(expression) ? expression["."] : undefined;
  return isNode(access) && access["attr"] === "integrations";
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (part: unknown): part is Node => typeof part === "object" && part !== null && !Array.isArray(part);

/** Every object in a policy's JSON form: expressions, scopes, literals. */
function nodesIn(part: unknown): Node[] {
  if (typeof part !== "object" || part === null) return [];
  return [...(isNode(part) ? [part] : []), ...Object.values(part).flatMap(nodesIn)];
}

function complaintsAboutEntity({ type, id }: Node, settings: IdentitySettings): string[] {
  if (typeof id !== "string") return [];
  if (type === "Latchkey::Group") return complaintsAboutGroup(id, settings);
  if (type === "Latchkey::Person") return complaintsAboutPerson(id, settings);
  if (type === "Latchkey::Machine") return complaintsAboutMachine(id, settings);
  return type === "Latchkey::Instance" ? complaintsAboutInstance(id) : [];
}

/** The operators that compare, and what they compare: an id on one side, literals on the other. */
const comparisons = ["==", "!=", "contains", "containsAny", "containsAll"];

function complaintsAboutComparison(node: Node, settings: IdentitySettings): string[] {
  const values = comparedIn(node);
  if (!values.some(isId)) return [];
  return literalsIn(values).flatMap((id) =>
    id.includes("/") ? complaintsAboutMachine(id, settings) : complaintsAboutPerson(id, settings),
  );
}

function comparedIn(node: Node): Node[] {
  const sides = comparisons.flatMap((operator) => (isNode(node[operator]) ? [node[operator]] : []));
  return sides.flatMap(({ left, right }) => [...valuesOf(left), ...valuesOf(right)]);
}

const literalsIn = (values: readonly Node[]) =>
  values.flatMap(({ Value }) => (typeof Value === "string" ? [Value] : []));

/** What an expression may evaluate to: the elements of a set, both branches of an `if`. */
function valuesOf(expression: unknown): Node[] {
  if (!isNode(expression)) return [];
  const { Set: elements, "if-then-else": choice } = expression;
  if (Array.isArray(elements)) return elements.flatMap(valuesOf);
  return isNode(choice) ? [...valuesOf(choice["then"]), ...valuesOf(choice["else"])] : [expression];
}

/** Such as `context.subject`. */
function attributeOf(expression: unknown): string | undefined {
  const access = isNode(expression) ? expression["."] : undefined;
  return isNode(access) && isNode(access["left"]) ? `${access["left"]["Var"]}.${access["attr"]}` : undefined;
}

/** A caller's id. */
function isId(expression: unknown): boolean {
  const attribute = attributeOf(expression);
  return attribute === "context.subject" || attribute === "context.requestedBy";
}

/** An attribute that is compared with text that it never has. */
function complaintsAboutAttribute(node: Node): string[] {
  const values = comparedIn(node);
  const compared = formsOf(values).flatMap(([name, { words, isValid }]) =>
    literalsIn(values)
      .filter((text) => !isValid(text))
      .map((text) => {
        const lower = asciiLowerCase(text);
        return `${name} is never "${text}": it is ${words}${suggestion(isValid(lower) ? lower : undefined)}`;
      }),
  );
  const { like } = node;
  if (!isNode(like)) return compared;
  // Cedar's own JSON form says so.
  const pattern = like["pattern"] as readonly PatternElem[];
  const matched = formsOf(valuesOf(like["left"]))
    .filter(([, { form }]) => !canMatch(pattern, form))
    .map(([name, { words }]) => `${name} is never like "${textOf(pattern)}": it is ${words}`);
  return [...compared, ...matched];
}

function formsOf(values: readonly Node[]) {
  const names = new Set(values.map(attributeOf));
  return Object.entries(attributeForms).filter(([name]) => names.has(name));
}

function complaintsAboutPattern({ like }: Node): string[] {
  if (!isNode(like) || !valuesOf(like["left"]).some(isId)) return [];
  // Cedar's own JSON form says so.
  const pattern = like["pattern"] as readonly PatternElem[];
  if (canBeId(pattern)) return [];
  return [`no caller's id is like "${textOf(pattern)}": ${personForm}, ${machineForm}`];
}

const name = "principal.name";

/** A name that is compared, and would be that of nobody: without the setting no caller has one. */
function complaintsAboutName(node: Node, settings: IdentitySettings): string[] {
  const { nameDomain } = settings.identities;
  // A policy that does not check it first does not build.
  if (attributeOf({ ".": node["has"] }) === name) {
    if (nameDomain === undefined) return [`nobody has a ${name} without the setting identities.nameDomain`];
    const ids = patternsOfPeople(settings).flatMap((pattern) => idsLike(pattern, nameDomain));
    const isAsserted = ids.some((id) => nameOf(id, nameDomain) !== undefined);
    return isAsserted ? [] : [`nobody has a ${name}: no source of identities may assert an id of @${nameDomain}`];
  }
  if (nameDomain === undefined) return [];
  const isName = (value: Node) => attributeOf(value) === name;
  const values = comparedIn(node);
  const compared = (values.some(isName) ? literalsIn(values) : []).flatMap((text) => {
    const [complaint] = text.includes("@")
      ? [`it is the part of an id before @${nameDomain}`]
      : complaintsAboutPerson(`${text}@${nameDomain}`, settings);
    return complaint === undefined ? [] : [`${name} is never "${text}": ${complaint}`];
  });
  const { like } = node;
  if (!isNode(like) || !valuesOf(like["left"]).some(isName)) return compared;
  // Cedar's own JSON form says so.
  const pattern = like["pattern"] as readonly PatternElem[];
  const text = textOf(pattern);
  if (!text.includes("@") && canBePersonId([...pattern, ...patternOf(`@${nameDomain}`)])) return compared;
  return [...compared, `${name} is never like "${text}": it is the part of an id before @${nameDomain}`];
}

/** A range that is compared, though the source is one address. */
function complaintsAboutSource(node: Node): string[] {
  const values = comparedIn(node);
  if (!values.some((value) => attributeOf(value) === "context.sourceIp")) return [];
  const ranges = values.flatMap(({ ip }) => literalsIn(Array.isArray(ip) ? ip.filter(isNode) : []));
  return ranges
    .filter((text) => text.includes("/"))
    .map((text) => `context.sourceIp is never ip("${text}"), which is a range: use isInRange`);
}

function complaintsAboutTag(node: Node): string[] {
  return ["hasTag", "getTag"].flatMap((operator) => {
    const call = node[operator];
    if (!isNode(call) || (isNode(call["right"]) && typeof call["right"]["Value"] === "string")) return [];
    return [`${operator} takes a string literal only, so that the build knows every tag that policies read`];
  });
}

/** Finds what settings cannot produce in a caller that a test of policies names. */
export function complaintsAboutCaller(
  {
    kind,
    id,
    groups,
  }: { readonly kind: "person" | "machine"; readonly id: string; readonly groups: readonly string[] },
  settings: IdentitySettings,
): string[] {
  const aboutId = kind === "person" ? complaintsAboutPerson(id, settings) : complaintsAboutMachine(id, settings);
  return [...aboutId, ...groups.flatMap((group) => complaintsAboutGroup(group, settings))];
}

function complaintsAboutGroup(name: string, { groups }: IdentitySettings): string[] {
  if (Object.hasOwn(groups, name)) return [];
  const named = Object.entries(groups).find(([, sources]) => sources.includes(`iam:${name}`));
  const meant = named?.[0] ?? nearest(name, Object.keys(groups));
  return [`the setting groups has no "${name}"${suggestion(meant)}`];
}

function complaintsAboutPerson(id: string, settings: IdentitySettings): string[] {
  if (!personId.safeParse(id).success) {
    const lower = asciiLowerCase(id);
    const meant = personId.safeParse(lower).success ? lower : undefined;
    return [`no person can have the id "${id}": ${personForm}${suggestion(meant)}`];
  }
  const isAsserted = patternsOfPeople(settings).some((pattern) => matchesId(pattern, id));
  return isAsserted ? [] : [`no source of identities may assert the id "${id}"`];
}

/** The ids that each source may assert. */
function patternsOfPeople({ identities: { iam, oidc = [] } }: IdentitySettings) {
  return [...iam.people, ...oidc.flatMap(({ people }) => people ?? [])].map(({ idPattern }) => idPattern);
}

function complaintsAboutMachine(id: string, settings: IdentitySettings): string[] {
  if (personRolesOf(settings, id).length > 0) {
    return [`no machine can have the id "${id}": identities.iam.people makes that role's callers people`];
  }
  if (/^[0-9]{12}\/[\w+=,.@-]{1,64}$/.test(id) || isIssuerMachine(id, settings)) return [];
  const sources = Object.values(settings.groups).flat();
  const meant = nearest(
    id,
    sources.map((source) => source.replace("iam:", "")),
  );
  return [`no machine can have the id "${id}": ${machineForm}${suggestion(meant)}`];
}

/** Whether an issuer has a mapping that could produce the id. */
function isIssuerMachine(id: string, { identities }: IdentitySettings): boolean {
  const [issuerName, mappingName, ...claims] = id.split("/");
  const mapping = identities.oidc
    ?.find(({ name }) => name === issuerName)
    ?.machines?.find(({ name }) => name === mappingName);
  return (
    mapping?.id.length === claims.length && claims.every((claim) => /^(?:[\w.!~*'()-]|%[0-9A-F]{2})+$/.test(claim))
  );
}

const account = "[0-9]{12}";
const region = "[a-z]+(?:-[a-z]+)+-[0-9]+";
const instance = "i-(?:[0-9a-f]{17}|[0-9a-f]{8})";
const instanceUid = new RegExp(`^${account}/${region}/${instance}$`);

/** @param id as policies see it. */
export function complaintsAboutInstance(id: string): string[] {
  if (instanceUid.test(id)) return [];
  const form = "an instance's is <account>/<region>/<instance id>";
  return [`no instance can have the id "${id}": ${form}${suggestion(meantInstance(asciiLowerCase(id)))}`];
}

/** Finds the parts of an instance's id in any text that has them, such as its ARN. */
function meantInstance(text: string): string | undefined {
  const [inAccount = "<account>"] = new RegExp(`\\b${account}\\b`).exec(text) ?? [];
  const [inRegion = "<region>"] = new RegExp(`\\b${region}`).exec(text) ?? [];
  const [instanceId] = new RegExp(`\\b${instance}\\b`).exec(text) ?? [];
  return instanceId && `${inAccount}/${inRegion}/${instanceId}`;
}

const suggestion = (meant: string | undefined) => (meant === undefined ? "" : ` (did you mean "${meant}"?)`);
