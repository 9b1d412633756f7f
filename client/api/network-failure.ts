import type { NetworkError } from "../../sdk/errors.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

/** A failure of the network, in words. */
export function networkFailure({ code, host, cause }: NetworkError): Failure {
  if (code === "TOO_LONG") {
    return new Failure(`${visible(host)} returned more than Latchkey ever does`, {
      exitCode: exitCodes.protocol,
      hint: "check LATCHKEY_URL",
    });
  }
  const [, said, hint] = kinds.find(([pattern]) => pattern.test(code)) ?? [code, "cannot be reached", usualHint];
  return new Failure(`${visible(host)} ${said} (${visible(code)})`, { exitCode: exitCodes.unavailable, hint, cause });
}

const usualHint = "check the network, HTTPS_PROXY and NO_PROXY";

const kinds: readonly (readonly [pattern: RegExp, said: string, hint: string])[] = [
  [/^(?:ENOTFOUND|EAI_)/, "cannot be resolved", "check LATCHKEY_URL and the network"],
  [/^ECONNREFUSED$/, "refuses connections", "check LATCHKEY_URL, and that Latchkey is running there"],
  [/TIMEOUT|^ETIMEDOUT$/, "timed out", usualHint],
  [
    /CERT|SIGNATURE|_ISSUER|ALTNAME/,
    "has a certificate that is not trusted",
    "if a proxy inspects TLS, set NODE_EXTRA_CA_CERTS to the file of its certificate",
  ],
  [/^EPROTO$|SSL/, "failed the TLS handshake", "check LATCHKEY_URL"],
];
