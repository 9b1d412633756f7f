import { type ConditionBlock, type ConditionContext, readConditions } from "./iam-conditions.ts";
import { fitsWildcard, fitsWildcardInAnyCase, refuseVariables } from "./iam-wildcard.ts";

/** One statement of a policy in JSON. Its elements: AWS's "IAM JSON policy elements reference". */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  /** `*`, or `service:Action` with wildcards in the action. */
  readonly Action: string | readonly string[];
  /** `*`, or an ARN with wildcards. */
  readonly Resource: string | readonly string[];
  readonly Condition?: ConditionBlock;
  /** Not evaluated: callers pass only policies that apply to the principal. */
  readonly Principal?: unknown;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Id?: string;
  readonly Statement: Statement | readonly Statement[];
}

export interface IamRequest {
  /** Such as `ec2-instance-connect:OpenTunnel`; in any case. */
  readonly action: string;
  /** The resource's ARN; `*` for an action without resource-level permission. */
  readonly resource: string;
  /** Condition keys such as `ec2:osuser`; times such as `aws:CurrentTime` in ISO 8601. */
  readonly context: ConditionContext;
}

/**
 * Whether a set of policies allows a request: an explicit Deny wins, then any Allow; the default is no.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @throws Error for anything unknown, anywhere in the policies, before it evaluates: a stand-in must never guess.
 *   That is NotAction, NotResource, NotPrincipal, `${…}`, an operator outside the table, another Version.
 */
export function isAllowed(policies: readonly PolicyDocument[], request: IamRequest): boolean {
  const rules = policies.flatMap(readPolicy);
  const effects = rules.filter((rule) => rule.appliesTo(request)).map((rule) => rule.effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}

/**
 * Whether a role session is allowed: its identity's policies and the session policy, if there is one, must both
 * allow ("the permissions are the intersection"). Without a session policy the identity decides alone.
 * @throws Error as {@link isAllowed}, of either
 */
export function isAllowedBySession(
  identity: readonly PolicyDocument[],
  session: PolicyDocument | undefined,
  request: IamRequest,
): boolean {
  const byIdentity = isAllowed(identity, request);
  const bySession = session === undefined || isAllowed([session], request);
  return byIdentity && bySession;
}

interface Rule {
  readonly effect: "Allow" | "Deny";
  readonly appliesTo: (request: IamRequest) => boolean;
}

function readPolicy(policy: PolicyDocument): readonly Rule[] {
  refuseUnknownElements(policy, ["Version", "Id", "Statement"]);
  if (policy.Version !== "2012-10-17") throw new Error("IAM stand-in: a policy's Version must be 2012-10-17");
  return [policy.Statement].flat().map(readStatement);
}

function readStatement(statement: Statement): Rule {
  refuseUnknownElements(statement, ["Sid", "Effect", "Action", "Resource", "Condition", "Principal"]);
  const { Effect: effect, Condition = {} } = statement;
  if (effect !== "Allow" && effect !== "Deny") throw new Error("IAM stand-in: Effect must be Allow or Deny");
  const actions = readPatterns(statement.Action, /^(\*|[a-z0-9-]+:[a-z0-9*?]+)$/i, "Action");
  const resources = readPatterns(statement.Resource, /^(\*|arn:.+)$/, "Resource");
  const conditionsHold = readConditions(Condition);
  return {
    effect,
    appliesTo: ({ action, resource, context }) =>
      actions.some((pattern) => fitsWildcardInAnyCase(pattern, action)) &&
      resources.some((pattern) => fitsWildcard(pattern, resource)) &&
      conditionsHold(context),
  };
}

function readPatterns(element: string | readonly string[], form: RegExp, name: string): readonly string[] {
  const patterns = [element].flat();
  for (const pattern of patterns) {
    if (typeof pattern !== "string" || !form.test(pattern)) {
      throw new Error(`IAM stand-in: ${name} cannot be ${JSON.stringify(pattern)}`);
    }
    refuseVariables(pattern);
  }
  return patterns;
}

function refuseUnknownElements(element: object, known: readonly string[]): void {
  const unknown = Object.keys(element).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`IAM stand-in: the policy element ${unknown} is not known`);
}
