import * as z from "zod";
import { accountOf, type CredentialStore, sessionOf } from "./credentials.ts";
import type { PolicyDocument } from "./iam.ts";
import type { ConditionContext } from "./iam-conditions.ts";
import { newRequestId, readParameters, xmlReply } from "./query-protocol.ts";
import type { AssumableRole } from "./roles.ts";
import { ServiceError } from "./service-error.ts";
import type { Call, Reply, Service } from "./stand-in.ts";
import { TargetFaults } from "./target-faults.ts";
import { isTrusted } from "./trust.ts";

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

const known = [
  /^Action$/,
  /^Version$/,
  /^RoleArn$/,
  /^RoleSessionName$/,
  /^SourceIdentity$/,
  /^ExternalId$/,
  /^Policy$/,
  /^DurationSeconds$/,
];

/** Seconds. Functions have the credentials of a role, and assume another with them. */
const longestChainedSession = 3600;

/** The limits of STS's API reference. */
const sessionName = z.string().regex(/^[\w+=,.@-]{2,64}$/);
const assumeRole = z.object({
  RoleArn: z.string(),
  RoleSessionName: sessionName,
  SourceIdentity: sessionName.optional(),
  ExternalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/)
    .optional(),
  Policy: z.string().max(2048).optional(),
  DurationSeconds: z.coerce.number().int().min(900).max(longestChainedSession).default(3600),
});

/** Stand-in for AWS STS: AssumeRole, with session policies that the other stand-ins enforce. */
export function stsService(
  credentials: CredentialStore,
  roles: readonly AssumableRole[],
  faults = new TargetFaults(),
): Service {
  const isThere = ({ arn }: AssumableRole) => !faults.denyRolesOf(accountOf({ roleArn: arn }));
  return {
    name: "sts",
    isInAllRegions: true,
    operationOf: (_, body) => new URLSearchParams(body.toString("utf8")).get("Action") ?? "none",
    operations: { AssumeRole: (call) => assume(call, credentials, roles.filter(isThere)) },
    describeError: ({ code, message, status }) =>
      xmlReply(
        "ErrorResponse",
        namespace,
        {
          Error: { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message },
          RequestId: newRequestId(),
        },
        status,
      ),
  };
}

function assume(call: Call, credentials: CredentialStore, roles: readonly AssumableRole[]): Reply {
  const parsed = assumeRole.safeParse(Object.fromEntries(readParameters(call.body, known)));
  if (!parsed.success) throw new ServiceError("ValidationError", 400, z.prettifyError(parsed.error));
  const { RoleArn, RoleSessionName, SourceIdentity, ExternalId, Policy, DurationSeconds } = parsed.data;
  const request = { RoleArn, RoleSessionName, SourceIdentity, ExternalId, Policy };
  call.note(request);
  const role = roles.find(({ arn }) => arn === RoleArn);
  const named = SourceIdentity === undefined ? {} : { "sts:SourceIdentity": SourceIdentity };
  // IAM knows the external id for AssumeRole alone.
  const steps: Readonly<Record<string, ConditionContext>> = {
    "sts:AssumeRole": { ...named, ...(ExternalId !== undefined && { "sts:ExternalId": ExternalId }) },
    ...(SourceIdentity !== undefined && { "sts:SetSourceIdentity": named }),
  };
  const allowed = Object.entries(steps).map(([action, context]) => {
    const isPermitted = call.allows(action, RoleArn, context);
    return isPermitted && role && isTrusted(role.trust, call.principal, { action, resource: RoleArn, context });
  });
  if (!role || !allowed.every(Boolean)) {
    throw new ServiceError("AccessDenied", 403, "Not authorized to assume the role");
  }
  const expiresAt = new Date(call.now.getTime() + DurationSeconds * 1000);
  const session = Policy === undefined ? undefined : readPolicy(Policy);
  const { principal, ...issued } = credentials.issue({
    role: role.role,
    ...sessionOf(role.arn, RoleSessionName),
    policies: role.policies,
    expiresAt,
    ...(session && { session }),
  });
  call.note({ ...request, issued });
  return xmlReply("AssumeRoleResponse", namespace, {
    AssumeRoleResult: {
      Credentials: {
        AccessKeyId: issued.accessKeyId,
        SecretAccessKey: issued.secretAccessKey,
        SessionToken: issued.sessionToken,
        Expiration: expiresAt.toISOString(),
      },
      AssumedRoleUser: { Arn: principal.arn, AssumedRoleId: `AROALOCAL:${RoleSessionName}` },
      SourceIdentity,
    },
    ResponseMetadata: { RequestId: newRequestId() },
  });
}

function readPolicy(text: string): PolicyDocument {
  try {
    // The evaluator throws for any unknown element.
    return JSON.parse(text) as PolicyDocument;
  } catch {
    throw new ServiceError("MalformedPolicyDocument", 400, "The session policy is not JSON");
  }
}
