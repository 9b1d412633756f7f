import type { IncomingMessage } from "node:http";
import type { GatewayResponse } from "../../contract/gateway-responses.ts";
import { isAllowed, type PolicyDocument } from "../aws/iam.ts";
import { signedHeaders } from "../aws/signed-headers.ts";
import { verifySignature } from "../aws/sigv4.ts";
import { account, findCaller, region } from "../shared/account.ts";

const stageArn = `arn:aws:execute-api:${region}:${account}:local/live`;

/** The stack's managed policy for callers. */
const invokePolicy: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "execute-api:Invoke", Resource: `${stageArn}/*/*` },
};

/** The caller, as API Gateway hands it on, or the gateway response that refuses it. */
export type Authentication =
  | { readonly userArn: string | null; readonly authorizer?: Readonly<Record<string, unknown>> }
  | { readonly refused: GatewayResponse; readonly refusal?: string | undefined };

/** The signer of the request, if IAM lets them invoke its route, or the gateway response that refuses it. */
export async function authenticate(message: IncomingMessage, body: Buffer, now: Date): Promise<Authentication> {
  const { method = "", url: target = "" } = message;
  const request = { method, target, headers: signedHeaders(message), body };
  const verdict = verifySignature(request, { region, service: "execute-api" }, findCaller, now);
  if (verdict.kind === "unsigned") return { refused: "MISSING_AUTHENTICATION_TOKEN" };
  const caller = verdict.kind === "verified" ? findCaller(verdict.accessKeyId) : undefined;
  if (!caller) return { refused: "INVALID_SIGNATURE" };
  const [path = ""] = target.split("?");
  const invocation = { action: "execute-api:Invoke", resource: `${stageArn}/${method}${path}`, context: {} };
  const isAdmitted = isAllowed(caller.isInvited ? [invokePolicy] : [], invocation);
  return isAdmitted ? { userArn: caller.userArn } : { refused: "ACCESS_DENIED" };
}
