import { createHash } from "node:crypto";
import type { Caller } from "../../contract/caller.ts";
import type { RouteName } from "../../contract/routes.ts";

/** What a key is one for: the same key of another caller, on another route or for another thing is another key. */
export interface Scope {
  readonly caller: Pick<Caller, "id" | "kind">;
  readonly route: RouteName;
  readonly params: Readonly<Record<string, unknown>>;
  readonly key: string;
}

/** 64 hex digits. Each part is quoted, so that no two scopes read alike. */
export function scopeHash({ caller, route, params, key }: Scope): string {
  return sha256([caller.kind, caller.id, route, params, key]);
}

/** 64 hex digits: the same for two bodies that mean the same, whatever the order of their fields. */
export function bodyFingerprint(body: unknown): string {
  return sha256(body ?? null);
}

function sha256(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(inOrder(value)))
    .digest("hex");
}

/** The value with the fields of every object in one order. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, inOrder(field)] as const);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}
