import type { APIGatewayEventIdentity } from "aws-lambda";
import type { Caller } from "../../contract/caller.ts";
import { personIdForm } from "../../contract/person-id.ts";
import { asciiLowerCase, matchesId } from "../shared/person-ids.ts";
import { Problem } from "../shared/problem.ts";
import type { IdentitySettings } from "../shared/settings.ts";
import { membershipOf, personRolesOf } from "./identities.ts";

/** The ARN of an assumed role's session. Character sets and lengths are those of IAM role and session names. */
const assumedRole = /^arn:aws[a-z-]*:sts::([0-9]{12}):assumed-role\/([\w+=,.@-]{1,64})\/([\w+=,.@-]{2,64})$/;

/**
 * The caller of a request that API Gateway has authenticated with IAM, from `requestContext.identity` alone.
 *
 * A role's user chooses the session name, unless the role's trust policy pins it. So only under a role of
 * `identities.iam.people` is the session name, in lower case, a person's id; every other caller is a machine.
 *
 * @throws Problem `access-denied` for what is not an assumed role (IAM users, root, federated users), and for a person whose
 *   id has another form than ids have or is not one that the role may assert.
 */
export function callerOf(settings: IdentitySettings, identity: Pick<APIGatewayEventIdentity, "userArn">): Caller {
  const [, account, name, sessionName] = assumedRole.exec(identity.userArn ?? "") ?? [];
  if (account === undefined || name === undefined || sessionName === undefined) {
    throw new Problem("access-denied", {
      detail: "Latchkey takes callers that have assumed an IAM role, and no others.",
    });
  }
  const role = `${account}/${name}`;
  const caller = { ...membershipOf(settings, role), frontDoor: "iam" } as const;
  const personRoles = personRolesOf(settings, role);
  if (personRoles.length === 0) return { id: role, kind: "machine", ...caller };

  const id = asciiLowerCase(sessionName);
  if (!personIdForm.test(id)) {
    throw new Problem("access-denied", {
      detail:
        "The role session name is not a person's id: use 2 to 64 of a-z, 0-9 and ._+=,@-, with a letter or digit first, not latchkey, and without a hash at the end.",
    });
  }
  if (!personRoles.some(({ idPattern }) => matchesId(idPattern, id))) {
    throw new Problem("access-denied", {
      detail: "The role may not assert this id: the setting idPattern says which ids it may.",
    });
  }
  return { id, kind: "person", ...caller };
}
