import { readFileSync } from "node:fs";
import path from "node:path";
import { compilePolicies, inJson } from "../../lib/build/compile-policies.ts";
import { protectedTagKeys } from "../../lib/build/protected-tags.ts";
import { fillIn } from "../../lib/fill-in-policy.ts";
import { serviceControlPolicies } from "../../lib/service-control-policy.ts";
import { type IamRequest, isAllowed, type PolicyDocument } from "../../local/aws/iam.ts";
import { settings } from "../../local/shared/account.ts";

export const root = path.resolve(import.meta.dirname, "../..");
export const read = (file: string) => readFileSync(path.join(root, file), "utf8");

/** Of the sample policies, and of settings that name some more. */
export const protectedKeys = protectedTagKeys(inJson(compilePolicies(path.join(root, "policies"), settings)).policies, {
  scopeTags: ["service", "Data Class", "\u00e4hre"],
  pushTag: { key: "team", value: "web" },
});

export const values = {
  PARTITION: ["aws"],
  ROLE_PATH: [""],
  ACCOUNT_ID: ["111122223333"],
  API_ID: ["a1b2c3d4e5"],
  DISTRIBUTION_ID: ["E1A2B3C4D5E6F7"],
  DOMAIN: ["latchkey.example.com"],
  QUALIFIER: ["latchkey"],
  DEPLOYER: ["LatchkeyPipeline"],
  TAG_ADMIN_ROLE: ["TagAdmin"],
  PEOPLE_ROLE: ["aws-reserved/sso.amazonaws.com/*AWSReservedSSO_OnCall_*", "OnCall"],
  TAG_KEY: protectedKeys,
};
const scps: readonly PolicyDocument[] = Object.values(serviceControlPolicies).map((policy) =>
  JSON.parse(fillIn(policy, values)),
);
const everything: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};

export const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:111122223333:${rest}`;
export const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
/** The name that CloudFormation gives to a resource without a name. */
export const physical = (id: string) => `Latchkey-${id}-A1b2C3d4E5f6`;
export const ssoRole = (name: string) => `aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_${name}`;

/** The callers. Without the SCPs, all of them may do everything. */
const callers = {
  engineer: role("Engineer"),
  admin: role(ssoRole("AdministratorAccess_0123456789abcdef")),
  root: "arn:aws:iam::111122223333:root",
  user: "arn:aws:iam::111122223333:user/Latchkey-PushRole",
  "tag admin": role("TagAdmin"),
  deployer: role("LatchkeyPipeline"),
  "deploy role": role("cdk-latchkey-cfn-exec-role-111122223333-us-east-1"),
  "Identity Center": role("aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO"),
  "push role": role(physical("PushRole3E6735B2")),
  "push role's namesake in another account": "arn:aws:iam::444455556666:role/Latchkey-PushRole",
  connect: role(physical("ConnectRole7D5A57B5")),
  instances: role(physical("InstancesRole665C7F43")),
} as const;
export type Caller = keyof typeof callers;

/** Whether the SCPs allow the request of a caller in their account who has every other permission. */
export function may(
  caller: Caller,
  request: Omit<IamRequest, "context">,
  context: IamRequest["context"] = {},
): boolean {
  return isAllowed([everything, ...scps], { ...request, context: { "aws:PrincipalArn": callers[caller], ...context } });
}

/** The page's table of denied actions: what they are on, and the actions. */
export function claims(): readonly (readonly [on: string, actions: readonly string[]])[] {
  const page = read("docs/service-control-policy.md").split("## Denied actions")[1]?.split("\n## ")[0] ?? "";
  return [...page.matchAll(/^\| (.+?) \| (`.+`) \|$/gm)].map(([, on = "", actions = ""]) => [
    on,
    [...actions.matchAll(/`([^`]+)`/g)].map(([, action = ""]) => action),
  ]);
}
