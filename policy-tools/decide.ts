import type { Caller } from "../contract/caller.ts";
import type { Requirements } from "../contract/requirements.ts";
import { shortestAccess } from "../lambda/connect/refusal.ts";
import {
  type ConnectContext,
  mayConnect,
  mayDelegate,
  mayManageHostKeys,
  mayReadAudit,
  mayRequest,
  mayReview,
  mayRevoke,
  maySuspend,
  mayView,
} from "../lambda/policy/authorize.ts";
import type { PolicyAction, PolicyEngine, Verdict } from "../lambda/policy/engine.ts";
import { requirementsToConnect } from "../lambda/policy/requirements.ts";
import type { Instance } from "../lambda/shared/instance.ts";
import type { PlainContext } from "./context.ts";

export interface Question {
  readonly caller: Caller;
  readonly action: PolicyAction;
  /** An instance; a caller for `suspend`. */
  readonly resource: Instance | Caller;
  readonly context: PlainContext;
}

/** What the API's functions would make of a question. */
export interface Outcome {
  readonly decision: "allow" | "deny" | "approval-required";
  /** The policies that decided: those that permit, or those that forbid. */
  readonly policies: readonly string[];
  /** Whether the caller may not see the instance. Then the API denies every action. */
  readonly isHidden: boolean;
  readonly requirements?: Requirements;
}

type Ask = (engine: PolicyEngine, caller: Caller, resource: never, context: never) => Verdict;

/** What the functions ask for each action: they make principal, resource and context of it. */
const asks: Readonly<Record<PolicyAction, Ask>> = {
  view: askView,
  connect: mayConnect,
  request: mayRequest,
  delegate: mayDelegate,
  review: mayReview,
  revoke: mayRevoke,
  readAudit: mayReadAudit,
  manageHostKeys: mayManageHostKeys,
  suspend: (engine, caller, other: Caller, context: never) => maySuspend(engine, caller, [other], context),
};

/** The verdict on an action alone, without a look at `view`. */
export function verdictOn(engine: PolicyEngine, { caller, action, resource, context }: Question): Verdict {
  // Both are of the schema's types, which the functions' own types follow.
  return asks[action](engine, caller, resource as never, context as never);
}

/** `mayView` returns no policies. */
function askView(engine: PolicyEngine, caller: Caller, instance: Instance): Verdict {
  let verdict: Verdict = { allowed: false, policies: [] };
  mayView({ ...engine, decide: (question) => (verdict = engine.decide(question)) }, caller, instance);
  return verdict;
}

/** Decides in the order of the functions: `view`, the action without access, then with it, then what access would need. */
export function decide(engine: PolicyEngine, question: Question): Outcome {
  if (isInstance(question.resource)) {
    const { allowed, policies } = askView(engine, question.caller, question.resource);
    if (!allowed) return { decision: "deny", policies, isHidden: true };
    if (question.action === "view") return { decision: "allow", policies, isHidden: false };
  }
  const { access: _, ...bare } = question.context;
  const byItself = verdictOn(engine, { ...question, context: bare });
  const isDecided = byItself.allowed || question.context["access"] === undefined;
  const { allowed, policies } = isDecided ? byItself : verdictOn(engine, question);
  if (allowed) return { decision: "allow", policies, isHidden: false };
  const requirements = requirementsOf(engine, question, bare);
  if (!requirements) return { decision: "deny", policies, isHidden: false };
  return { decision: "approval-required", policies, isHidden: false, requirements };
}

export const isInstance = (resource: Question["resource"]): resource is Instance => "instanceId" in resource;

function requirementsOf(engine: PolicyEngine, { caller, action, resource }: Question, bare: PlainContext) {
  if (action !== "connect" || !isInstance(resource)) return undefined;
  // As `verdictOn`.
  const context = bare as unknown as Omit<ConnectContext, "access">;
  const access = { scope: "instance", reason: "", expiresAt: context.time.epoch + shortestAccess } as const;
  return requirementsToConnect(engine, caller, resource, { contexts: [context], access });
}
