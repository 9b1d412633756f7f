import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

/**
 * Something that does not let itself be reached, in words.
 *
 * @param what its host, and its port if that says something. Never a URL: a tunnel's is a secret.
 * @param code Node's or OpenSSL's, or one of ours: `TIMEOUT`. The error's message is not shown, since it may quote anything.
 */
export function unreachable(what: string, code: string, cause?: unknown): Failure {
  const { said = "cannot be reached", hint } = kinds.find(({ pattern }) => pattern.test(code)) ?? {};
  return new Failure(`${visible(what)} ${said} (${visible(code)})`, { exitCode: exitCodes.unavailable, hint, cause });
}

const wayHint = "look at the network, its firewalls, and HTTPS_PROXY and NO_PROXY";
const betweenHint = "look at what stands between: a proxy, a captive portal";

const kinds: readonly { readonly pattern: RegExp; readonly said: string; readonly hint: string }[] = [
  {
    pattern: /^(?:ENOTFOUND|EAI_)/,
    said: "cannot be resolved",
    hint: "look at the network and its DNS",
  },
  { pattern: /TIMEDOUT|TIMEOUT/, said: "does not answer", hint: wayHint },
  { pattern: /^ECONNREFUSED$/, said: "refuses connections", hint: wayHint },
  { pattern: /^ECONNRESET$/, said: "breaks the connection off", hint: betweenHint },
  {
    pattern: /CERT|SIGNATURE|_ISSUER|ALTNAME/,
    said: "has a certificate that is not trusted",
    hint: "if a proxy inspects TLS, set NODE_EXTRA_CA_CERTS to the file of its certificate",
  },
  { pattern: /^EPROTO$|SSL/, said: "failed the TLS handshake", hint: betweenHint },
  { pattern: /^(?:HPE_|WS_)/, said: "does not answer as a WebSocket server", hint: betweenHint },
];
