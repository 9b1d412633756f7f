import type { Caller } from "../../contract/caller.ts";

/** What the authorizer hands on to the functions, through API Gateway, which takes texts only. */
export type AuthorizerContext = Readonly<Record<"id" | "kind" | "groups" | "sources" | "exp", string>>;

/** @param exp when the token expires, in seconds since 1970. */
export function contextOf({ id, kind, groups, sources }: Omit<Caller, "frontDoor">, exp: number): AuthorizerContext {
  return { id, kind, groups: JSON.stringify(groups), sources: JSON.stringify(sources), exp: String(exp) };
}
