import * as z from "zod";

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
/** Strict, so that a NotAction, NotResource or NotPrincipal, which are wildcards in disguise, is not overlooked. */
const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Action: list,
  /** A trust policy has none: it applies to its own role. */
  Resource: list.default(["the role itself"]),
  Principal: z.union([z.string().transform((one) => ({ anybody: [one] })), z.record(z.string(), list)]).default({}),
  Condition: z.unknown().optional(),
});
const document = z.object({ Statement: z.union([z.array(statement), statement.transform((one) => [one])]) });
const lambdaPermission = z.object({ Action: z.string(), Principal: z.string(), SourceArn: z.string() });

export interface AllowedPair {
  /** The logical id of the resource that has the policy. */
  readonly where: string;
  readonly action: string;
  /** The resources of the actions. */
  readonly resource: string;
  /** The principals of a trust or resource policy. */
  readonly principals: readonly string[];
}

/**
 * Every pair of action and resource that a template allows, wherever a policy document stands in it: policies of roles,
 * their trust policies, resource policies of any type. And rights to invoke a function, where what may invoke it is the resource.
 *
 * @throws Error where a statement has an element that is not looked at here.
 */
export function allowedPairs(resources: Readonly<Record<string, { Type: string; Properties?: unknown }>>) {
  return Object.entries(resources).flatMap(([where, { Type, Properties }]): AllowedPair[] => {
    if (Type === "AWS::Lambda::Permission") {
      const { Action, Principal, SourceArn } = lambdaPermission.parse(Properties);
      return [{ where, action: Action, resource: SourceArn, principals: [Principal] }];
    }
    // The statements of its rules are not IAM's.
    if (Type === "AWS::WAFv2::WebACL") return [];
    return documentsIn(Properties)
      .flatMap((found) => document.parse(found).Statement)
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action, Resource, Principal }) =>
        Action.flatMap((action) =>
          Resource.map((resource) => ({ where, action, resource, principals: Object.values(Principal).flat() })),
        ),
      );
  });
}

function documentsIn(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  return "Statement" in value ? [value] : Object.values(value).flatMap(documentsIn);
}

export const hasWildcard = (text: string): boolean => /[*?]/.test(text);
