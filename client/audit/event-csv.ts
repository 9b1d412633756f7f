import type { AuditEvent } from "../../sdk/types.ts";
import { csvLine } from "../terminal/csv.ts";
import { placeWords } from "./event-table.ts";

/** Fields of an event's data that are columns. `data` has all of them. */
const fields = [
  ...["sequence", "actor", "subject", "requestedBy", "accountId", "region", "osUser", "accessRequestId", "status"],
  ...["reason", "breakGlass", "reviewer", "decision", "comment", "code", "count", "durationSeconds", "expiresAt"],
  ...["connectionType", "address", "publicKeyFingerprint", "policies", "policyDigest", "requestId", "awsRequestId"],
];

export const eventCsvHead = csvLine(["time", "type", "id", "item", "instance", ...fields, "data"]);

/** An event as a line of CSV. */
export function eventCsv({ time, type, id, subject, data }: AuditEvent): string {
  const values = fields.map((name) => cellOf((data as Readonly<Record<string, unknown>>)[name]));
  return csvLine([time, type, id, subject, placeWords(data), ...values, JSON.stringify(data)]);
}

function cellOf(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.join(" ") : JSON.stringify(value);
}
