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
import { namesOf, sliceOf } from "./slice.ts";
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

/** What answers questions. */
export interface Decider {
  /** People with an id `<name>@<domain>` have a `principal.name`. */
  readonly nameDomain?: string | undefined;
  /**
   * A question that Cedar cannot evaluate is denied.
   *
   * @throws Error with Cedar's message if it cannot read the policies for the action, of which nothing is permitted then.
   */
  decide(question: PolicyQuestion): Verdict;
}

export interface PolicyEngine extends Decider {
  /** Identifies the policies, the schema and the domain. */
  readonly digest: string;
  /** The keys of tags that some policy names. */
  readonly tagKeys: ReadonlySet<string>;
  /** The largest number of approvals that some policy looks for. */
  readonly mostApprovals: number;
  /** The names of the integrations that may approve. */
  readonly integrations?: readonly string[];
  /**
   * The strictest bounds in the annotations of these policies, by id: those that permitted a `request` or a `delegate`.
   */
  boundsOf(policies: Verdict["policies"], startsIn?: number): Bounds;
  readonly policies: Policies;
  /** Decides by other policies instead. A name always stands for the same `change`, which keeps the actions of policies. */
  derive(name: string, change: (policies: Policies) => Policies): Decider;
}

/** Policies by id. */
export type Policies = Readonly<Record<string, PolicyJson>>;

const denied: Verdict = { allowed: false, policies: [] };

/**
 * Cedar, in process. It parses the policies that can match an action once, when it is first asked about the action.
 *
 * @param wasm Cedar's module, compiled by the caller.
 * @throws Error with Cedar's message if the schema does not parse, or a policy's text; Error naming policy and annotation if a
 *   bound is not valid; Error naming the policy if it computes a tag's key.
 */
export function startEngine(
  wasm: WebAssembly.Module,
  { schema, policies, nameDomain, integrations, digest }: z.input<typeof compiledPolicies>,
): PolicyEngine {
  cedar.initSync({ module: wasm });
  refuse(cedar.preparseSchema(digest, schema));
  const actions = typeof schema === "string" ? refuse(cedar.schemaToJson(schema)).json : schema;
  const parsed = Object.entries(policies).map(([id, policy]) => [id, inJson(id, policy)] as const);
  const known: Policies = Object.fromEntries(parsed);
  const read = parsed.map(([id, policy]) => [id, readPolicy(id, policy)] as const);
  const bounds = new Map(read.map(([id, policy]) => [id, policy.bounds]));
  const tagKeys = new Set(read.flatMap(([, policy]) => policy.tagKeys));
  const approvals = read.flatMap(([, policy]) => policy.approvals);

  const deciderOf = (name: string, change: (policies: Policies) => Policies): Decider => {
    // A failure is kept too: each time that Cedar fails to parse, it loses some of its stack.
    const sets = new Map<PolicyAction, string | Error>();
    const parse = (action: PolicyAction): string | Error => {
      const id = `${name} ${action}`;
      const staticPolicies = { ...change(sliceOf(known, namesOf(action, actions))) };
      try {
        refuse(cedar.preparsePolicySet(id, { staticPolicies }));
        return id;
      } catch (error) {
        return error as Error;
      }
    };
    return {
      nameDomain,
      decide(question) {
        if (!isText(question)) return denied;
        const set = sets.get(question.action) ?? parse(question.action);
        sets.set(question.action, set);
        if (typeof set !== "string") throw set;
        try {
          return verdictOf(ask(withTags(question, tagKeys), { schema: digest, set }));
        } catch {
          return denied;
        }
      },
    };
  };
  const derived = new Map<string, Decider>();
  return {
    ...deciderOf(digest, (all) => all),
    digest,
    tagKeys,
    mostApprovals: Math.min(mostApprovals, Math.max(0, ...approvals)),
    integrations: integrations ?? [],
    policies: known,
    derive(name, change) {
      const decider = derived.get(name) ?? deciderOf(`${digest} ${name}`, change);
      derived.set(name, decider);
      return decider;
    },
    boundsOf: (ids, startsIn) =>
      strictestBounds(
        ids.map((id) => bounds.get(id) ?? {}),
        startsIn,
      ),
  };
}

/** Cedar returns failures as values. */
function refuse<Answer extends { type: "success" } | { type: "failure"; errors: cedar.DetailedError[] }>(
  answer: Answer,
): Exclude<Answer, { type: "failure" }> {
  if (answer.type === "failure") throw new Error(answer.errors.map(({ message }) => message).join("; "));
  // The compiler does not narrow a union for a type parameter.
  return answer as Exclude<Answer, { type: "failure" }>;
}

/** Deployed policies are JSON already, and need no parsing. */
function inJson(id: string, policy: Policy): PolicyJson {
  if (typeof policy !== "string") return policy;
  try {
    return refuse(cedar.policyToJson(policy)).json;
  } catch (error) {
    throw inPolicy(id, error);
  }
}

function readPolicy(id: string, { annotations = {}, conditions }: PolicyJson) {
  try {
    return { bounds: readBounds(annotations), tagKeys: tagKeysIn(conditions), approvals: approvalsIn(conditions) };
  } catch (error) {
    throw inPolicy(id, error);
  }
}

const inPolicy = (id: string, error: unknown) =>
  new Error(`policy ${id}: ${error instanceof Error ? error.message : error}`);

/** The question with only the tags that policies name: many large ones would take time, and so tell that an instance exists. */
function withTags(question: PolicyQuestion, keys: ReadonlySet<string>): PolicyQuestion {
  const tags = Object.entries(question.resource.tags ?? {}).filter(([key]) => keys.has(key));
  return { ...question, resource: { ...question.resource, tags: Object.fromEntries(tags) } };
}

function ask(
  { principal, action, resource, context }: PolicyQuestion,
  parsed: { readonly schema: string; readonly set: string },
): AuthorizationAnswer {
  return cedar.statefulIsAuthorized({
    principal: principal.uid,
    action: { type: "Latchkey::Action", id: action },
    resource: resource.uid,
    context,
    entities: [principal, resource],
    preparsedPolicySetId: parsed.set,
    preparsedSchemaName: parsed.schema,
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
