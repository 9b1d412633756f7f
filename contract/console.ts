import * as z from "zod";

/**
 * What the host of the browser console must know of it: the file `config.json` beside `index.html`, and the headers of its
 * responses. Deployment and local stack make both of the same functions.
 */

const origin = z.url({ protocol: /^https?$/ });

/** `config.json`. */
export const consoleConfig = z.strictObject({
  /** The URL of the OIDC door, with its stage if it has one. */
  api: origin,
  /** The OpenID provider, as its tokens name it. */
  issuer: origin,
  /** The console at the provider: a public client, for the code flow with PKCE. */
  clientId: z.string().min(1),
  /** What the console asks for: `offline_access`, or what the provider calls it, for a refresh token. */
  scope: z.string().min(1),
  /** The API's name at a provider that needs one to issue an access token for it (RFC 8707). */
  resource: z.string().min(1).optional(),
  /** Whether it has terminals. Without them it shows the commands to type. */
  terminal: z.boolean(),
});

export type ConsoleConfig = z.infer<typeof consoleConfig>;

export interface ConsoleConnections {
  /** URLs of which the origin may be called: those of the API and of the OpenID provider's endpoints. */
  readonly urls: readonly string[];
  /** The origins of tunnels, as CSP's source expressions: `wss://*.example.com`. */
  readonly tunnels: readonly string[];
}

/** The headers of each of the console's files. `Strict-Transport-Security` is the host's: it knows whether there is TLS. */
export function consoleHeaders(connections: ConsoleConnections): Record<string, string> {
  return {
    "Content-Security-Policy": contentSecurityPolicy(connections),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
  };
}

/**
 * The `Cache-Control` of a file. The names of files in `assets/` contain a hash of what they contain.
 *
 * @param file relative to the console's root: `index.html`, `assets/main-ABCD.js`
 */
export function consoleCaching(file: string): string {
  return file.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

const contentTypes: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
};

/** The `Content-Type` of a file. @throws Error if no such file has been part of the console. */
export function consoleContentType(file: string): string {
  const type = contentTypes[file.split(".").at(-1) ?? ""];
  if (type === undefined) throw new Error(`The console has a file of an unknown type: ${file}`);
  return type;
}

/** Nothing inline, nothing from elsewhere; connections only to the API, the OpenID provider and the tunnels. */
function contentSecurityPolicy({ urls, tunnels }: ConsoleConnections): string {
  // By their form: the host of a URL in a stack's template is not known yet.
  const origins = new Set(urls.map((url) => url.split("/", 3).join("/")));
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${["'self'", ...origins, ...tunnels].join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}
