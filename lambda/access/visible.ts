import type { Instance } from "../connect/instance.ts";
import type { Caller } from "../contract/caller.ts";
import { mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { AccessRequest } from "./access-request.ts";
import { isOwn } from "./own.ts";

/** May the caller know of it: its subject, whoever asked for it, and whoever may view its instance, while there is one. */
export function isVisible(
  policy: PolicyEngine,
  caller: Caller,
  request: Pick<AccessRequest, "subject" | "requestedBy">,
  instance: Instance | undefined,
): boolean {
  return isOwn(caller, request) || mayView(policy, caller, instance);
}
