import { hash } from "node:crypto";
import { IssuerUnavailable } from "../callers/key-set.ts";
import type { Claims } from "../callers/oidc.ts";
import { InvalidToken, type ValidToken } from "../callers/tokens.ts";
import type { FormResponse, PostForm } from "./post-form.ts";

/** Where somebody signs in, by the authorization code flow of OpenID Connect. */
export interface SignIn<Identity> {
  /** Where the browser goes. @throws SignInFailure */
  startUrl(secrets: SignInSecrets): Promise<string>;
  /** Who has signed in there. @throws SignInFailure */
  identify(code: string, secrets: Omit<SignInSecrets, "state">): Promise<Identity>;
}

/** What one sign-in has that nobody else knows. */
export interface SignInSecrets {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636), where the provider has it. */
  readonly verifier?: string;
}

/** Why a sign-in gives nobody. The pages say it in their own words. */
export type SignInFault = "unavailable" | "refused" | "no-person" | "other-workspace";

/** A sign-in that has failed. What it says holds nothing that others wrote: it goes to the log. */
export class SignInFailure extends Error {
  override readonly name = "SignInFailure";
  readonly fault: SignInFault;

  constructor(fault: SignInFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** The provider refused the code, or the client. */
export class RefusedCode extends SignInFailure {
  /** Such as `invalid_grant`. */
  readonly code: string;

  constructor(code: string) {
    super("refused", `The provider refused the code: ${code}`);
    this.code = code;
  }
}

export interface SignInPorts {
  /** @throws Error */
  readonly fetchJson: (url: string) => Promise<unknown>;
  readonly postForm: PostForm;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** The URL of an authorization request (OpenID Connect Core, 3.1.2.1). */
export function requestUrl(endpoint: string, { state, nonce, verifier }: SignInSecrets, own: Record<string, string>) {
  const challenge = verifier && {
    code_challenge: hash("sha256", verifier, "base64url"),
    code_challenge_method: "S256",
  };
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries({ response_type: "code", ...own, state, nonce, ...challenge })) {
    url.searchParams.set(name, value);
  }
  return url.href;
}

/** What a provider returns for a code. @throws SignInFailure */
export async function exchange(
  postForm: PostForm,
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<NonNullable<FormResponse["body"]>> {
  const { status, body } = await postForm(url, { grant_type: "authorization_code", ...form }).catch((cause) => {
    throw new SignInFailure("unavailable", "The provider did not take the code", cause);
  });
  if (status >= 500 || status === 429 || !body) {
    throw new SignInFailure("unavailable", `The provider responded with ${status} to the code`);
  }
  // Slack's errors have status 200.
  if (status >= 400 || body["ok"] === false) {
    throw new RefusedCode(errorCode(body["error"]));
  }
  return body;
}

/** An error code of OAuth's or Slack's, not any text. */
export const errorCode = (value: unknown): string =>
  typeof value === "string" && /^[a-z_]{1,64}$/.test(value) ? value : "unknown";

/**
 * The claims of a token of this sign-in.
 *
 * @param nonce that the token must have, if it is an ID token.
 * @throws SignInFailure
 */
export async function verified(
  verify: (token: string) => Promise<ValidToken>,
  token: unknown,
  nonce?: string,
): Promise<Claims> {
  if (typeof token !== "string") throw new SignInFailure("refused", "The provider returned no such token");
  const { claims } = await verify(token).catch((error: unknown) => {
    if (error instanceof InvalidToken) throw new SignInFailure("refused", `The token is not valid: ${error.fault}`);
    if (error instanceof IssuerUnavailable)
      throw new SignInFailure("unavailable", "The provider's keys cannot be read", error.cause);
    throw error;
  });
  if (nonce !== undefined && claims["nonce"] !== nonce) {
    throw new SignInFailure("refused", "The token is not of this sign-in");
  }
  return claims;
}
