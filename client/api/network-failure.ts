import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import type { NetworkFault } from "./exchange.ts";

/** Whether the same again may go better at once: a connection that broke, not one that was refused or timed out. */
export function mayPass({ code }: NetworkFault): boolean {
  return ["ECONNRESET", "EPIPE", "EAI_AGAIN", "ECONNABORTED", "HPE_INVALID_EOF_STATE"].includes(code);
}

/** A fault of the way to the API, in words. @param host whom the client tried to reach. */
export function networkFailure({ code, cause }: NetworkFault, host: string): Failure {
  if (code === "TOO_LONG") {
    return new Failure(`${visible(host)} answers with more than Latchkey ever would`, {
      exitCode: exitCodes.protocol,
      hint: "is LATCHKEY_URL right?",
    });
  }
  const [, said, hint] = kinds.find(([pattern]) => pattern.test(code)) ?? [code, "cannot be reached", usualHint];
  return new Failure(`${visible(host)} ${said} (${visible(code)})`, { exitCode: exitCodes.unavailable, hint, cause });
}

const usualHint = "look at the network, at HTTPS_PROXY and NO_PROXY";

const kinds: readonly (readonly [pattern: RegExp, said: string, hint: string])[] = [
  [/^(?:ENOTFOUND|EAI_)/, "is not a name that can be looked up", "is LATCHKEY_URL right, and is there a network?"],
  [/^ECONNREFUSED$/, "refuses connections", "is LATCHKEY_URL right, and is Latchkey running there?"],
  [/TIMEOUT|^ETIMEDOUT$/, "does not answer in time", usualHint],
  [
    /CERT|SIGNATURE|_ISSUER|ALTNAME/,
    "shows a certificate that is not trusted",
    "behind a proxy that opens TLS, NODE_EXTRA_CA_CERTS=FILE names its certificate",
  ],
  [/^EPROTO$|SSL/, "does not speak TLS as it should", "is LATCHKEY_URL right?"],
];
