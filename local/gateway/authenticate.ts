import type { IncomingMessage } from "node:http";
import type { GatewayResponse } from "../../contract/gateway-responses.ts";
import { signedHeaders } from "../aws/signed-headers.ts";
import { verifySignature } from "../aws/sigv4.ts";
import { findCaller, region } from "../shared/account.ts";

/** The signer of the request, or the gateway response that refuses it. */
export function authenticate(
  message: IncomingMessage,
  body: Buffer,
  now: Date,
): { userArn: string } | { refused: GatewayResponse } {
  const { method = "", url: target = "" } = message;
  const request = { method, target, headers: signedHeaders(message), body };
  const verdict = verifySignature(request, { region, service: "execute-api" }, findCaller, now);
  if (verdict.kind === "unsigned") return { refused: "MISSING_AUTHENTICATION_TOKEN" };
  const caller = verdict.kind === "verified" ? findCaller(verdict.accessKeyId) : undefined;
  return caller ? { userArn: caller.userArn } : { refused: "INVALID_SIGNATURE" };
}
