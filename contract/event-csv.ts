import { csvLine } from "./csv.ts";

/** An event as a list has it: types and fields that are not known are data. */
interface ListedEvent {
  readonly time: string;
  readonly type: string;
  readonly id: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Fields of an event's data that are columns. `data` has all of them. */
const fields = [
  ...["sequence", "actor", "subject", "requestedBy", "accountId", "region", "osUser", "accessRequestId", "status"],
  ...["reason", "breakGlass", "reviewer", "decision", "comment", "code", "count", "durationSeconds", "expiresAt"],
  ...["connectionType", "address", "publicKeyFingerprint", "policies", "policyDigest", "requestId", "awsRequestId"],
];

export const eventCsvHead = csvLine(["time", "type", "id", "item", "instance", ...fields, "data"]);

/** An event as a line of CSV. */
export function eventCsv({ time, type, id, subject, data }: ListedEvent): string {
  const values = fields.map((name) => cellOf(data[name]));
  return csvLine([time, type, id, subject, placeWords(data), ...values, JSON.stringify(data)]);
}

function cellOf(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.join(" ") : JSON.stringify(value);
}

/** The instance, or the tags that a scope names: `env=staging,role=db`. Empty if there is neither. */
export function placeWords(data: Readonly<Record<string, unknown>>): string {
  if (typeof data["instanceId"] === "string") return data["instanceId"];
  const scope = data["scope"];
  if (typeof scope !== "object" || scope === null) return "";
  const { instanceId, tags } = scope as { readonly instanceId?: unknown; readonly tags?: unknown };
  if (typeof instanceId === "string") return instanceId;
  if (typeof tags !== "object" || tags === null) return JSON.stringify(scope);
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join();
}
