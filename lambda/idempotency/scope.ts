import { createHash } from "node:crypto";
import type { Caller } from "../../contract/caller.ts";

/** What a key belongs to: the same key of another caller, for another operation or on another item, is another key. */
export interface Scope {
  readonly caller: Pick<Caller, "id" | "kind">;
  readonly operation: string;
  /** The ids of what the operation acts on. */
  readonly ids: Readonly<Record<string, string>>;
  readonly key: string;
}

/** 64 hex digits. Each part is quoted, so that no two scopes have the same text. */
export function scopeHash({ caller, operation, ids, key }: Scope): string {
  return sha256([caller.kind, caller.id, operation, ids, key]);
}

/** 64 hex digits: equal for two bodies with the same fields, in any order. */
export function bodyFingerprint(body: unknown): string {
  return sha256(body ?? null);
}

function sha256(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(value)))
    .digest("hex");
}

/** The value with the fields of every object sorted by name. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, sorted(field)] as const);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}
