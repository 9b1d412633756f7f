import type { Caller } from "../../contract/caller.ts";
import { mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { Instance } from "../shared/instance.ts";
import type { AccessRequest } from "./access-request.ts";

type Parties = Pick<AccessRequest, "subject" | "requestedBy">;

/** Is it the caller's own: made by them, or for them? Whoever's it is sees it, whatever became of its instance. */
export function isOwn({ id }: Caller, { subject, requestedBy }: Parties): boolean {
  return id === subject || id === requestedBy;
}

/** May the caller know of it: its subject, whoever asked for it, and whoever may view its instance, while there is one. */
export function isVisible(
  policy: PolicyEngine,
  caller: Caller,
  request: Parties,
  instance: Instance | undefined,
): boolean {
  return isOwn(caller, request) || mayView(policy, caller, instance);
}
