import { readFileSync } from "node:fs";
import path from "node:path";
import { type IamRequest, isAllowed, type PolicyDocument } from "../../local/aws/iam.ts";

export const root = path.resolve(import.meta.dirname, "../..");
export const read = (file: string) => readFileSync(path.join(root, file), "utf8");

export const scpText = read("docs/service-control-policy.json");
export const placeholders: Readonly<Record<string, string>> = {
  ACCOUNT_ID: "111122223333",
  API_ID: "a1b2c3d4e5",
  DEPLOY_ROLE: "cdk-latchkey-*",
  TAG_ADMIN_ROLE: "TagAdmin",
  PUSH_TAG_KEY: "team",
};
export const filledText = Object.entries(placeholders).reduce(
  (rest, [name, value]) => rest.replaceAll(`<${name}>`, value),
  scpText,
);
export const scp: PolicyDocument = JSON.parse(filledText);
const everything: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};

export const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:111122223333:${rest}`;
export const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
/** The name that CloudFormation gives to a resource without a name. */
export const physical = (id: string) => `Latchkey-${id}-A1b2C3d4E5f6`;

/** The callers. Without the SCP, all of them may do everything. */
const callers = {
  engineer: role("Engineer"),
  admin: role("AWSReservedSSO_AdministratorAccess_0123456789abcdef"),
  root: "arn:aws:iam::111122223333:root",
  user: "arn:aws:iam::111122223333:user/Latchkey-PushRole",
  "tag admin": role("TagAdmin"),
  deployer: role("cdk-latchkey-cfn-exec-role-111122223333-us-east-1"),
  "push role": role(physical("PushRole3E6735B2")),
  "push role's namesake in another account": "arn:aws:iam::444455556666:role/Latchkey-PushRole",
  connect: role(physical("ConnectRole7D5A57B5")),
  instances: role(physical("InstancesRole665C7F43")),
} as const;
export type Caller = keyof typeof callers;

/** Whether the SCP allows the request of a caller in its account who has every other permission. */
export function may(
  caller: Caller,
  request: Omit<IamRequest, "context">,
  context: IamRequest["context"] = {},
): boolean {
  return isAllowed([everything, scp], { ...request, context: { "aws:PrincipalArn": callers[caller], ...context } });
}
