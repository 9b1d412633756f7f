import { durationHint, readDuration } from "../../contract/duration.ts";
import { missingInReason } from "../../contract/reason-pattern.ts";
import contract from "../../sdk/contract.ts";
import { fits } from "../../sdk/json-schema.ts";
import type { Instance, Operations, Requirements } from "../../sdk/types.ts";
import type { FieldFault } from "../api/help.ts";
import { tagsInQuery } from "../ui/tag-query.ts";
import { readStart } from "./start-time.ts";
import { readTags, writeTags } from "./tags.ts";

/** The fields of the form that asks for access. */
export interface AskForm {
  readonly isByTags: boolean;
  /** An instance's id, or its name and id as `instanceText` writes them. */
  readonly instance: string;
  /** As `readTags` takes them. */
  readonly tags: string;
  /** Of a scope of tags; of an instance, those of the link that led here. */
  readonly accountId: string;
  readonly region: string;
  readonly osUser: string;
  readonly duration: string;
  readonly reason: string;
  /** As an `<input type="datetime-local">` has it. Empty: once it is approved. */
  readonly startsAt: string;
  /** Empty: the caller. */
  readonly subject: string;
  readonly isBreakGlass: boolean;
}

export type AskField = Exclude<keyof AskForm, "isByTags">;
export type AskFaults = Partial<Readonly<Record<AskField, string>>>;

type AskBody = Operations["createAccessRequest"]["input"];

/** An instance that can be named in the form. */
export type Choice = Pick<Instance, "instanceId" | "accountId" | "region" | "name">;

/** The form as a link fills it in: `instanceId`, `accountId`, `region`, `osUser`, `tag.KEY`. */
export function formOf(query: URLSearchParams): AskForm {
  const given = (name: string) => query.get(name) ?? "";
  const tags = tagsInQuery(query);
  return {
    isByTags: Object.keys(tags).length > 0 && !query.has("instanceId"),
    instance: given("instanceId"),
    tags: writeTags(tags),
    accountId: given("accountId"),
    region: given("region"),
    osUser: given("osUser"),
    duration: "1h",
    reason: "",
    startsAt: "",
    subject: "",
    isBreakGlass: false,
  };
}

/** The instance of a link, if it says where that is. */
export const choicesIn = ({ instance, accountId, region }: AskForm): readonly Choice[] =>
  instance && accountId && region ? [{ instanceId: instance, accountId, region }] : [];

/** How the form names an instance: `prod-1 (i-0900000000000000d)` */
export const instanceText = ({ name, instanceId }: Pick<Choice, "name" | "instanceId">): string =>
  name ? `${name} (${instanceId})` : instanceId;

/**
 * The instance that the form names: by its id, which may follow its name, or by a name that one choice alone has.
 *
 * @param choices that the API has listed: they know account and region.
 */
export function readInstance(
  text: string,
  choices: readonly Choice[],
): Pick<AskBody, "instanceId" | "accountId" | "region"> | undefined {
  const given = text.trim();
  const [, inBrackets] = /\((i-[0-9a-f]+)\)$/.exec(given) ?? [];
  const named = choices.filter(({ name }) => name === given);
  const instanceId = inBrackets ?? (named.length === 1 ? named[0]?.instanceId : given);
  if (!fits(contract.instanceId, instanceId)) return undefined;
  const known = choices.filter((choice) => choice.instanceId === instanceId);
  const [{ accountId, region } = {}] = known;
  return { instanceId, ...(known.length === 1 && { accountId, region }) };
}

/** What people write into a form's line has no line breaks, and no spaces for layout. */
export const tidy = (text: string): string => text.trim().replace(/\s+/g, " ");

/** Why a text is not a reason or comment that the API takes. Undefined: it is. */
export function faultInReason(text: string, rules: Partial<Requirements> = {}): string | undefined {
  if (tidy(text) === "") return "Say why: it is what reviewers go by.";
  if (!fits(contract.reason, tidy(text))) {
    return "Write at most 500 characters in one line, without invisible ones.";
  }
  const missing = missingInReason(tidy(text), rules);
  return missing === undefined ? undefined : `Policy requires ${missing}.`;
}

interface Known {
  readonly choices: readonly Choice[];
  /** What policy said it needs, if it was asked. */
  readonly requirements?: Requirements | undefined;
}

/** The request that the form makes, or what is wrong with its fields. Limits that policy sets are the API's to say. */
export function bodyOf(form: AskForm, { choices, requirements }: Known): { body: AskBody } | { faults: AskFaults } {
  const instance = readInstance(form.instance, choices);
  const tags = readTags(form.tags);
  const seconds = readDuration(form.duration);
  const start = form.startsAt === "" ? undefined : readStart(form.startsAt);
  const osUser = form.osUser.trim();
  const faults: AskFaults = {
    ...(!form.isByTags && !instance && { instance: "Choose an instance from the list, or give its id." }),
    ...(form.isByTags && "fault" in tags && { tags: tags.fault }),
    ...(!fits(contract.osUser, osUser) && { osUser: "Name a user of the instance's system, such as ec2-user." }),
    ...(seconds === undefined && { duration: durationHint }),
    ...(start && "fault" in start && { startsAt: start.fault }),
    ...withFault("reason", faultInReason(form.reason, requirements)),
  };
  if (Object.keys(faults).length > 0 || seconds === undefined) return { faults };
  const optional = (name: "accountId" | "region" | "subject") => form[name].trim() || undefined;
  const target = { accountId: optional("accountId"), region: optional("region") };
  const scope = form.isByTags && "tags" in tags ? { scope: { tags: tags.tags, ...target } } : { ...instance };
  const body = {
    ...scope,
    osUser,
    durationSeconds: seconds,
    reason: tidy(form.reason),
    ...(start && "at" in start && { startsAt: start.at }),
    subject: optional("subject"),
    ...(form.isBreakGlass && { breakGlass: true }),
  };
  return { body };
}

const withFault = (field: AskField, fault: string | undefined): AskFaults =>
  fault === undefined ? {} : { [field]: fault };

/** The fields of the form that the API's pointers name. */
const fields: readonly (readonly [pointer: string, field: AskField])[] = [
  ["/instanceId", "instance"],
  ["/scope/tags", "tags"],
  ["/scope/accountId", "accountId"],
  ["/scope/region", "region"],
  ["/scope", "tags"],
  ["/accountId", "accountId"],
  ["/region", "region"],
  ["/osUser", "osUser"],
  ["/durationSeconds", "duration"],
  ["/reason", "reason"],
  ["/startsAt", "startsAt"],
  ["/subject", "subject"],
  ["/breakGlass", "isBreakGlass"],
];

/** What the API says is wrong, by field. */
export function faultsByField(faults: readonly FieldFault[]): AskFaults {
  const placed = faults.flatMap(({ pointer, detail }) => {
    const found = fields.find(([path]) => pointer === path || pointer.startsWith(`${path}/`));
    return found ? [[found[1], detail] as const] : [];
  });
  return Object.fromEntries(placed);
}

/**
 * What the API is to decide before the request is made. Undefined: the form does not say enough yet, or asks for tags or for
 * break-glass, on which there is no such decision.
 */
export function decisionInput(form: AskForm, choices: readonly Choice[]): Operations["decide"]["input"] | undefined {
  const instance = readInstance(form.instance, choices);
  const osUser = form.osUser.trim();
  const subject = form.subject.trim() || undefined;
  if (form.isByTags || form.isBreakGlass || !instance?.instanceId || !fits(contract.osUser, osUser)) return undefined;
  return { ...instance, instanceId: instance.instanceId, osUser, subject };
}
