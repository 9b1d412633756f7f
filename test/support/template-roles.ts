import * as z from "zod";
import type { BundleName } from "../../contract/routes.ts";
import type { PolicyDocument } from "../../local/aws/iam.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";

/** Strict, so that an inline policy is not overlooked. */
const roleProperties = z.strictObject({
  AssumeRolePolicyDocument: z.object({ Statement: z.array(z.unknown()) }),
  Description: z.string().optional(),
  RoleName: z.string().optional(),
  Path: z.string().optional(),
  PermissionsBoundary: z.string().optional(),
  ManagedPolicyArns: z.array(z.string()).default([]),
});
const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const policyProperties = z.object({
  PolicyDocument: z.strictObject({
    Version: z.literal("2012-10-17"),
    Statement: z.array(
      z.strictObject({
        Effect: z.enum(["Allow", "Deny"]),
        Action: list,
        Resource: list,
        Condition: z.record(z.string(), z.record(z.string(), z.union([z.number(), list]))).default({}),
      }),
    ),
  }),
  Roles: z.array(z.string()),
});

/** The roles of the functions, the push role, and the role with which API Gateway writes logs. */
export type RoleName = BundleName | "push" | "apiCloudWatch";

/** The roles of a synthesized stack, with their permissions. */
export interface TemplateRoles {
  ids(): string[];
  /** The path and the boundary of each, if it has them. */
  bounds(): readonly { readonly path: string | undefined; readonly boundary: string | undefined }[];
  /** @throws Error if the template has no such role */
  id(this: void, name: RoleName): string;
  /** The statements of its trust policy. */
  trust(name: RoleName): unknown;
  policies(this: void, name: RoleName): PolicyDocument[];
  /** The ARNs of its managed policies. */
  managedPolicies(this: void, name: RoleName): string[];
}

export function rolesOf(stack: SynthesizedStack): TemplateRoles {
  const roles = stack.all("AWS::IAM::Role", roleProperties);
  const policies = stack.all("AWS::IAM::Policy", policyProperties).map(({ properties }) => properties);

  const roleOf = (name: RoleName) => {
    // Such as ConnectRole7D5A57B5.
    const form = new RegExp(`^${name}Role[0-9A-F]{8}$`, "i");
    const found = roles.find(({ id }) => form.test(id));
    if (!found) throw new Error(`The template has no role of ${name}`);
    return found;
  };
  const documentsOf = (name: RoleName) =>
    policies.filter(({ Roles }) => Roles.includes(roleOf(name).id)).map(({ PolicyDocument }) => PolicyDocument);

  return {
    ids: () => roles.map(({ id }) => id).sort(),
    bounds: () => roles.map(({ properties: { Path: path, PermissionsBoundary: boundary } }) => ({ path, boundary })),
    id: (name) => roleOf(name).id,
    trust: (name) => roleOf(name).properties.AssumeRolePolicyDocument.Statement,
    policies: documentsOf,
    managedPolicies: (name) => roleOf(name).properties.ManagedPolicyArns,
  };
}
