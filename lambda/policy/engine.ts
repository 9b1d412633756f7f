import type {
  AuthorizationAnswer,
  CedarValueJson,
  EntityJson,
  Policy,
  PolicyJson,
  TypeAndId,
} from "@cedar-policy/cedar-wasm/web";
import * as cedar from "@cedar-policy/cedar-wasm/web";
import type * as z from "zod";
import { type Bounds, readBounds, strictestBounds } from "./bounds.ts";
import type { compiledPolicies } from "./compiled-policies.ts";
import { approvalsIn, mostApprovals } from "./known-approvals.ts";
import { tagKeysIn } from "./tag-keys.ts";

/** The actions of `policies/schema.cedarschema`. */
export type PolicyAction =
  | "view"
  | "connect"
  | "request"
  | "delegate"
  | "review"
  | "revoke"
  | "readAudit"
  | "manageHostKeys"
  | "suspend";

export interface PolicyQuestion {
  readonly principal: EntityJson & { uid: TypeAndId };
  readonly action: PolicyAction;
  readonly resource: EntityJson & { uid: TypeAndId };
  readonly context: Record<string, CedarValueJson>;
}

export interface Verdict {
  readonly allowed: boolean;
  /** The ids of the policies that decided: those that permit, or those that forbid. Empty if none permits. */
  readonly policies: readonly string[];
}

export interface PolicyEngine {
  /** Identifies the policies, the schema and the domain. */
  readonly digest: string;
  /** People with an id `<name>@<domain>` have a `principal.name`. */
  readonly nameDomain?: string | undefined;
  /** The keys of tags that some policy names. */
  readonly tagKeys: ReadonlySet<string>;
  /** The largest number of approvals that some policy looks for. */
  readonly mostApprovals: number;
  /** The names of the integrations that may approve. */
  readonly integrations?: readonly string[];
  /** Never throws: a question that Cedar cannot evaluate is denied. */
  decide(question: PolicyQuestion): Verdict;
  /**
   * The strictest bounds in the annotations of these policies, by id: those that permitted a `request` or a `delegate`.
   */
  boundsOf(policies: Verdict["policies"], startsIn?: number): Bounds;
  readonly policies: Policies;
  /** An engine with other policies instead. It is started once: a name always stands for the same `change`. */
  derive(name: string, change: (policies: Policies) => Policies): PolicyEngine;
}

/** Policies by id. */
export type Policies = Readonly<Record<string, PolicyJson>>;

const denied: Verdict = { allowed: false, policies: [] };

/**
 * Cedar, in process, with policies parsed once.
 *
 * @param wasm Cedar's module, compiled by the caller.
 * @throws Error with Cedar's message if policies or schema do not parse; Error naming policy and annotation if a bound is not
 *   valid; Error naming the policy if it computes a tag's key.
 */
export function startEngine(
  wasm: WebAssembly.Module,
  { schema, policies, nameDomain, integrations, digest }: z.input<typeof compiledPolicies>,
): PolicyEngine {
  cedar.initSync({ module: wasm });
  for (const result of [
    cedar.preparseSchema(digest, schema),
    cedar.preparsePolicySet(digest, { staticPolicies: policies }),
  ]) {
    if (result.type === "failure") throw new Error(result.errors.map(({ message }) => message).join("; "));
  }
  const parsed = Object.entries(policies).map(([id, policy]) => [id, inJson(id, policy)] as const);
  const known: Policies = Object.fromEntries(parsed);
  const derived = new Map<string, PolicyEngine>();
  const read = parsed.map(([id, policy]) => [id, readPolicy(id, policy)] as const);
  const bounds = new Map(read.map(([id, policy]) => [id, policy.bounds]));
  const tagKeys = new Set(read.flatMap(([, policy]) => policy.tagKeys));
  const approvals = read.flatMap(([, policy]) => policy.approvals);
  return {
    digest,
    nameDomain,
    tagKeys,
    mostApprovals: Math.min(mostApprovals, Math.max(0, ...approvals)),
    integrations: integrations ?? [],
    policies: known,
    derive(name, change) {
      const engine =
        derived.get(name) ??
        startEngine(wasm, { schema, policies: { ...change(known) }, nameDomain, digest: `${digest} ${name}` });
      derived.set(name, engine);
      return engine;
    },
    boundsOf: (ids, startsIn) =>
      strictestBounds(
        ids.map((id) => bounds.get(id) ?? {}),
        startsIn,
      ),
    decide: (question) => {
      if (!isText(question)) return denied;
      try {
        return verdictOf(ask(withTags(question, tagKeys), digest));
      } catch {
        return denied;
      }
    },
  };
}

/** Deployed policies are JSON already, and need no parsing. */
function inJson(id: string, policy: Policy): PolicyJson {
  if (typeof policy !== "string") return policy;
  const parsed = cedar.policyToJson(policy);
  if (parsed.type === "success") return parsed.json;
  throw new Error(`policy ${id}: ${parsed.errors.map(({ message }) => message).join("; ")}`);
}

function readPolicy(id: string, { annotations = {}, conditions }: PolicyJson) {
  try {
    return { bounds: readBounds(annotations), tagKeys: tagKeysIn(conditions), approvals: approvalsIn(conditions) };
  } catch (error) {
    throw new Error(`policy ${id}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The question with only the tags that policies name: many large ones would take time, and so tell that an instance exists. */
function withTags(question: PolicyQuestion, keys: ReadonlySet<string>): PolicyQuestion {
  const tags = Object.entries(question.resource.tags ?? {}).filter(([key]) => keys.has(key));
  return { ...question, resource: { ...question.resource, tags: Object.fromEntries(tags) } };
}

function ask({ principal, action, resource, context }: PolicyQuestion, digest: string): AuthorizationAnswer {
  return cedar.statefulIsAuthorized({
    principal: principal.uid,
    action: { type: "Latchkey::Action", id: action },
    resource: resource.uid,
    context,
    entities: [principal, resource],
    preparsedPolicySetId: digest,
    preparsedSchemaName: digest,
    validateRequest: true,
  });
}

/**
 * Whether every string in a question is well-formed Unicode. Cedar throws at a lone surrogate and leaks some of its module's
 * stack each time: after a few thousand such questions it could evaluate no others.
 */
function isText(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every((entry) => entry.every(isText));
}

/** Cedar skips a policy that errors, even a `forbid`, so an error in any policy denies. */
function verdictOf(result: AuthorizationAnswer): Verdict {
  if (result.type === "failure") return denied;
  const { decision, diagnostics } = result.response;
  if (diagnostics.errors.length > 0) return denied;
  return { allowed: decision === "allow", policies: diagnostics.reason };
}
