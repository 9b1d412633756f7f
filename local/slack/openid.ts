import { generateKeyPairSync, randomBytes, randomUUID, sign } from "node:crypto";
import { escaped } from "./block-html.ts";
import { MethodError } from "./web-api.ts";
import { app, users, workspace } from "./workspace.ts";

/** Slack's name as an issuer, wherever it is called. */
const issuer = "https://slack.com";

/** Seconds. */
const codeLifetime = 600;
const tokenLifetime = 300;

interface Grant {
  readonly user: string;
  readonly redirectUri: string;
  readonly nonce: string | undefined;
  readonly at: number;
}

/** A page, or where the browser goes next. */
export type SignInStep =
  | { readonly status: 200 | 400; readonly html: string }
  | { readonly status: 302; readonly location: string };

/** Sign in with Slack: an OpenID provider with codes alone, at which everybody in the workspace signs in by one click. */
export class SlackSignIn {
  readonly #clock: () => Date;
  readonly #grants = new Map<string, Grant>();
  readonly #keyId = randomUUID();
  readonly #key = generateKeyPairSync("rsa", { modulusLength: 2048 });

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  /** @param query of `/openid/connect/authorize`; with `as`, the user's id, as the page's buttons have it. */
  authorize(query: URLSearchParams): SignInStep {
    const redirectUri = query.get("redirect_uri") ?? "";
    const fault = faultOf(query, redirectUri);
    if (fault) return { status: 400, html: page(`<p role="alert">${fault}</p>`) };
    const user = query.get("as") ?? "";
    if (!users.includes(user)) return { status: 200, html: page(buttons(query)) };
    const code = randomBytes(24).toString("hex");
    this.#grants.set(code, { user, redirectUri, nonce: query.get("nonce") ?? undefined, at: this.#now() });
    const location = new URL(redirectUri);
    location.searchParams.set("code", code);
    const state = query.get("state");
    if (state !== null) location.searchParams.set("state", state);
    return { status: 302, location: location.href };
  }

  /** `openid.connect.token`. A code works once. */
  token(input: Readonly<Record<string, unknown>>): object {
    if (input["client_id"] !== app.clientId) throw new MethodError("invalid_client_id");
    if (input["client_secret"] !== app.clientSecret) throw new MethodError("bad_client_secret");
    if (input["grant_type"] !== "authorization_code") throw new MethodError("invalid_grant_type");
    const code = String(input["code"]);
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    if (!grant || this.#now() > grant.at + codeLifetime) throw new MethodError("invalid_code");
    if (input["redirect_uri"] !== grant.redirectUri) throw new MethodError("bad_redirect_uri");
    return { access_token: `xoxp-${randomUUID()}`, token_type: "Bearer", id_token: this.#idToken(grant) };
  }

  keys(): object {
    const { n, e } = this.#key.publicKey.export({ format: "jwk" });
    return { keys: [{ kty: "RSA", use: "sig", alg: "RS256", kid: this.#keyId, n, e }] };
  }

  #idToken({ user, nonce, at }: Grant): string {
    const now = this.#now();
    const claims = {
      ...{ iss: issuer, sub: user, aud: app.clientId, iat: now, exp: now + tokenLifetime, auth_time: at },
      ...(nonce !== undefined && { nonce }),
      "https://slack.com/user_id": user,
      "https://slack.com/team_id": workspace,
      // Administrators of a workspace choose it: nobody may be known by it.
      email: "alice@example.com",
      email_verified: true,
    };
    const signed = [{ alg: "RS256", typ: "JWT", kid: this.#keyId }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${signed}.${sign("sha256", Buffer.from(signed), this.#key.privateKey).toString("base64url")}`;
  }

  #now(): number {
    return Math.floor(this.#clock().getTime() / 1000);
  }
}

/** The app's own page alone, on any port of this machine. */
const ownPage = /^http:\/\/127\.0\.0\.1:[0-9]+\/link\/slack$/;

function faultOf(query: URLSearchParams, redirectUri: string): string | undefined {
  if (query.get("client_id") !== app.clientId) return "There is no such app.";
  if (!ownPage.test(redirectUri)) return "The redirect URI is not one of the app's.";
  if (query.get("response_type") !== "code") return "The response type is not code.";
  if (!query.get("scope")?.split(/[ ,]/).includes("openid")) return "The scope openid is missing.";
  return undefined;
}

const buttons = (query: URLSearchParams) =>
  `<p>Who are you? No password is needed.</p>
<form>
${[...query].map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`).join("\n")}
${users.map((user) => `<button name="as" value="${user}">${user}</button>`).join("\n")}
</form>`;

const page = (body: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>Sign in to Slack's stand-in</title>
<h1>Sign in to Slack's stand-in</h1>
${body}
</html>
`;
