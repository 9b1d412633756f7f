import * as z from "zod";
import { account } from "../shared/account.ts";
import type { CredentialStore } from "./credentials.ts";
import type { PolicyDocument } from "./iam.ts";
import { newRequestId, readParameters, xmlReply } from "./query-protocol.ts";
import type { PushRole } from "./roles.ts";
import { ServiceError } from "./service-error.ts";
import type { Call, Reply, Service } from "./stand-in.ts";

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

const known = [
  /^Action$/,
  /^Version$/,
  /^RoleArn$/,
  /^RoleSessionName$/,
  /^SourceIdentity$/,
  /^Policy$/,
  /^DurationSeconds$/,
];

/** The limits of STS's API reference. */
const sessionName = z.string().regex(/^[\w+=,.@-]{2,64}$/);
const assumeRole = z.object({
  RoleArn: z.string(),
  RoleSessionName: sessionName,
  SourceIdentity: sessionName.optional(),
  Policy: z.string().max(2048).optional(),
  DurationSeconds: z.coerce.number().int().min(900).max(43_200).default(3600),
});

/** Stand-in for AWS STS: AssumeRole, with session policies that the other stand-ins enforce. */
export function stsService(credentials: CredentialStore, pushRole: PushRole): Service {
  return {
    name: "sts",
    operationOf: (_, body) => new URLSearchParams(body.toString("utf8")).get("Action") ?? "none",
    operations: { AssumeRole: (call) => assume(call, credentials, pushRole) },
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

function assume(call: Call, credentials: CredentialStore, pushRole: PushRole): Reply {
  const parsed = assumeRole.safeParse(Object.fromEntries(readParameters(call.body, known)));
  if (!parsed.success) throw new ServiceError("ValidationError", 400, z.prettifyError(parsed.error));
  const { RoleArn, RoleSessionName, SourceIdentity, Policy, DurationSeconds } = parsed.data;
  const allowed = [
    call.allows("sts:AssumeRole", RoleArn),
    SourceIdentity === undefined || call.allows("sts:SetSourceIdentity", RoleArn),
  ];
  if (allowed.includes(false) || RoleArn !== pushRole.arn || !pushRole.trusts(call.principal)) {
    call.note({ RoleArn, RoleSessionName, SourceIdentity, Policy });
    throw new ServiceError("AccessDenied", 403, "Not authorized to assume the role");
  }
  const expiresAt = new Date(call.now.getTime() + DurationSeconds * 1000);
  const arn = `arn:aws:sts::${account}:assumed-role/latchkey-push/${RoleSessionName}`;
  const session = Policy === undefined ? undefined : readPolicy(Policy);
  const { principal, ...issued } = credentials.issue({
    role: "push",
    arn,
    policies: pushRole.policies,
    expiresAt,
    ...(session && { session }),
  });
  call.note({ RoleArn, RoleSessionName, SourceIdentity, Policy, issued });
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
