import type { APIGatewayEventIdentity, APIGatewayProxyEvent } from "aws-lambda";
import { type Caller, ownId } from "../../contract/caller.ts";
import { Problem } from "../shared/problem.ts";

/** The ARN of an assumed role's session. Character sets and lengths are those of IAM role and session names. */
const assumedRole = /^arn:aws[a-z-]*:sts::([0-9]{12}):assumed-role\/([\w+=,.@-]{1,64})\/([\w+=,.@-]{2,64})$/;

/**
 * The caller behind a request that API Gateway has authenticated with IAM, from `requestContext.identity` alone.
 *
 * Whoever may assume a role chooses its session name, unless the role's trust policy pins it. So only under a role
 * listed in `personRoles` (each `<account>/<role>`) is the session name a person's id; every other caller is a machine.
 *
 * @throws Problem `access-denied` for whatever is not an assumed role: IAM users, root, federated users.
 */
export function callerOf(identity: Pick<APIGatewayEventIdentity, "userArn">, personRoles: ReadonlySet<string>): Caller {
  const [, account, role, sessionName] = assumedRole.exec(identity.userArn ?? "") ?? [];
  if (account === undefined || role === undefined || sessionName === undefined) {
    throw new Problem("access-denied", {
      detail: "Latchkey takes callers that have assumed an IAM role, and no others.",
    });
  }
  const group = `${account}/${role}`;
  const isPerson = personRoles.has(group);
  if (isPerson && sessionName === ownId) {
    throw new Problem("access-denied", { detail: "This session name is the one by which the trail calls Latchkey." });
  }
  return {
    id: isPerson ? sessionName : group,
    kind: isPerson ? "person" : "machine",
    groups: [group],
    frontDoor: "iam",
  };
}

/** Authenticates requests of the IAM front door. */
export const iamCaller =
  (personRoles: ReadonlySet<string>) =>
  ({ requestContext }: APIGatewayProxyEvent): Caller =>
    callerOf(requestContext.identity, personRoles);
