import type { Caller } from "../../contract/caller.ts";
import type { Instance } from "../shared/instance.ts";
import { Problem } from "../shared/problem.ts";
import { mayView } from "./authorize.ts";
import type { PolicyEngine } from "./engine.ts";

/** @throws Problem `instance-not-found` for an absent instance, and for one that the caller may not view. */
export function requireVisible(policy: PolicyEngine, caller: Caller, instance: Instance | undefined): Instance {
  if (!mayView(policy, caller, instance)) throw new Problem("instance-not-found");
  return instance;
}
