import type { Caller } from "../../contract/caller.ts";
import { personIdForm } from "../../contract/person-id.ts";

/** What the authorizer hands on to the functions, through API Gateway, which takes texts only. */
export type AuthorizerContext = Readonly<Record<"id" | "kind" | "groups" | "sources" | "exp", string>>;

type Identity = Omit<Caller, "frontDoor">;

/** @param exp when the token expires, in seconds since 1970. */
export function contextOf({ id, kind, groups, sources }: Identity, exp: number): AuthorizerContext {
  return { id, kind, groups: JSON.stringify(groups), sources: JSON.stringify(sources), exp: String(exp) };
}

/**
 * Reads what `contextOf` made. Written out: a schema would cost each first request some milliseconds.
 *
 * @throws Error for anything else.
 */
export function readContext(context: Readonly<Record<string, unknown>>): Identity & { readonly expiresAt: number } {
  const { id, kind, groups, sources, exp } = context;
  if (typeof id !== "string" || id === "") throw faulty("id");
  if (kind !== "person" && kind !== "machine") throw faulty("kind");
  // No machine has a person's id.
  if (personIdForm.test(id) !== (kind === "person")) throw faulty("id");
  const expiresAt = typeof exp === "string" && exp !== "" ? Number(exp) : Number.NaN;
  if (!Number.isFinite(expiresAt)) throw faulty("exp");
  return { id, kind, groups: textsIn(groups, "groups"), sources: textsIn(sources, "sources"), expiresAt };
}

function textsIn(text: unknown, name: string): string[] {
  const texts: unknown = typeof text === "string" ? JSON.parse(text) : undefined;
  if (!Array.isArray(texts) || !texts.every((each) => typeof each === "string")) throw faulty(name);
  return texts;
}

const faulty = (name: string) => new Error(`The authorizer's context has no valid ${name}`);
