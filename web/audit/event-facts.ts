import type { AuditEvent } from "../../sdk/types.ts";
import { type Facts, recordIn } from "./event-parts.ts";

/** A value of an event, and how it is shown. */
export type FactValue =
  | { readonly text: string }
  | { readonly person: string }
  | { readonly code: string }
  /** Ids and the like, to copy. */
  | { readonly ids: readonly string[] }
  | { readonly seconds: number }
  /** ISO 8601. */
  | { readonly at: string }
  /** What the console does not know, as it is. */
  | { readonly json: string };

export interface Fact {
  readonly label: string;
  readonly value: FactValue;
}

/** What somebody wrote. */
export interface Remark {
  readonly label: string;
  readonly text: string;
}

type Kind = "text" | "person" | "code" | "ids" | "seconds" | "at";

/** The fields of an event's data that the console knows, in the order in which they are shown. */
const known: readonly (readonly [name: string, label: string, kind: Kind])[] = [
  ["actor", "Actor", "person"],
  ["subject", "Subject", "person"],
  ["requestedBy", "Requested by", "person"],
  ["reviewer", "Reviewer", "person"],
  ["integration", "Integration", "text"],
  ["decision", "Decision", "text"],
  ["status", "Status", "text"],
  ["outcome", "Outcome", "text"],
  ["code", "Code", "code"],
  ["count", "How often", "text"],
  ["instanceId", "Instance", "ids"],
  ["accountId", "Account", "code"],
  ["region", "Region", "code"],
  ["scope.tags", "Tags", "ids"],
  ["osUser", "OS user", "code"],
  ["connectionType", "Connection type", "text"],
  ["address", "Address", "code"],
  ["port", "Port", "text"],
  ["endpointId", "Endpoint", "code"],
  ["durationSeconds", "Asked for", "seconds"],
  ["approvedSeconds", "Approved for", "seconds"],
  ["grantedSeconds", "Granted for", "seconds"],
  ["breakGlass", "Break-glass", "text"],
  ["startsAt", "Starts", "at"],
  ["expiresAt", "Expires", "at"],
  ["pushBy", "Pushed by, at the latest", "at"],
  ["extension.status", "Extension", "text"],
  ["extension.durationSeconds", "Extension of", "seconds"],
  ["extension.requestedBy", "Extension requested by", "person"],
  ["requirements.approvals", "Approvals needed", "text"],
  ["requirements.reviewers", "Reviewers", "text"],
  ["requirements.reason", "Reason needed", "text"],
  ["policies", "Policies", "ids"],
  ["policyDigest", "Policy digest", "ids"],
  ["publicKeyFingerprint", "Public key", "ids"],
  ["hostKeyFingerprints", "Host keys", "ids"],
  ["accessRequestId", "Access request", "ids"],
  ["extension.id", "Extension id", "ids"],
  ["requestId", "Request id", "ids"],
  ["awsRequestId", "AWS request id", "ids"],
  ["sequence", "Number", "text"],
];

/** What people wrote, which stands below the facts. */
const remarks = { reason: "Reason", extensionReason: "Reason for the extension", comment: "Comment" } as const;

/** Parts of which each field is a fact of its own. */
const opened = ["scope", "extension", "requirements"];

/** All facts of an event: those that the console knows, then the others as data. */
export function factsOf({ id, source, subject, type, data }: AuditEvent): readonly Fact[] {
  const all = flat(data);
  const names = known.map(([name]) => name);
  const others = Object.keys(all).filter((name) => !names.includes(name) && !Object.hasOwn(remarks, name));
  return [
    { label: "Event", value: { text: type } },
    ...known.flatMap(([name, label, kind]) => {
      const value = all[name];
      return value === undefined ? [] : { label, value: factValue(value, kind) };
    }),
    { label: "Item", value: { ids: [subject] } },
    { label: "Event id", value: { ids: [id] } },
    { label: "Source", value: { text: source } },
    ...others.map((name) => ({ label: name, value: asData(all[name]) })),
  ];
}

/** What people wrote in an event. */
export function remarksOf({ data }: AuditEvent): readonly Remark[] {
  const facts: Facts = data;
  return Object.entries(remarks).flatMap(([name, label]) => {
    const text = facts[name];
    return text === undefined ? [] : { label, text: typeof text === "string" ? text : JSON.stringify(text) };
  });
}

/** Facts with the fields of what is opened, as `extension.status`. A scope of one instance says nothing new. */
function flat(data: Facts): Facts {
  const inner = opened.flatMap((name) =>
    Object.entries(recordIn(data, name)).map(([field, value]) => [`${name}.${field}`, value] as const),
  );
  const outer = Object.entries(data).filter(([name, value]) => !(opened.includes(name) && typeof value === "object"));
  const { "scope.instanceId": _, ...rest } = Object.fromEntries([...outer, ...inner]);
  return rest;
}

function factValue(value: unknown, kind: Kind): FactValue {
  switch (kind) {
    case "seconds":
      return typeof value === "number" ? { seconds: value } : asData(value);
    case "at":
      return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? { at: value } : asData(value);
    case "person":
      return typeof value === "string" ? { person: value } : asData(value);
    case "text":
      return asText(value);
    case "code":
      return typeof value === "string" ? { code: value } : asData(value);
    case "ids":
      return asIds(value);
  }
}

function asText(value: unknown): FactValue {
  if (typeof value === "string" || typeof value === "number") return { text: String(value) };
  if (typeof value === "boolean") return { text: value ? "yes" : "no" };
  // Reviewers.
  if (Array.isArray(value) && value.every(isNamed)) {
    return { text: value.map(({ kind, name }) => `${name} (${kind})`).join(", ") };
  }
  return asData(value);
}

function asIds(value: unknown): FactValue {
  if (typeof value === "string") return { ids: [value] };
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return { ids: value };
  const entries = Object.entries(typeof value === "object" && value !== null ? value : {});
  const isTags = entries.length > 0 && entries.every(([, each]) => typeof each === "string");
  return isTags ? { ids: entries.map(([key, each]) => `${key}=${each}`) } : asData(value);
}

const asData = (value: unknown): FactValue => ({ json: JSON.stringify(value) });

const isNamed = (value: unknown): value is { readonly kind: string; readonly name: string } => {
  const { kind, name } = (typeof value === "object" && value !== null ? value : {}) as Facts;
  return typeof kind === "string" && typeof name === "string";
};
