import type { Caller } from "../../contract/caller.ts";
import { callerOf, refusals } from "../callers/oidc.ts";
import { tokenVerifier } from "../callers/tokens.ts";
import type { IssuerSettings } from "../shared/issuer-settings.ts";
import type { IdentitySettings } from "../shared/settings.ts";
import type { SlackSettings } from "../shared/slack-settings.ts";
import { exchange, requestUrl, type SignIn, SignInFailure, type SignInPorts, verified } from "./sign-in.ts";

/**
 * People's own sign-in. Who somebody is, their access token tells, as at the OIDC front door: the ID token only tells that it is
 * of this visit. If the door takes ID tokens instead, it is both.
 *
 * @param redirectUri the page's own, as the provider knows it.
 * @throws Error if settings have no such issuer, which the build has checked.
 */
export function companySignIn(
  settings: IdentitySettings,
  { issuer: name, clientId, scope }: SlackSettings["signIn"],
  { redirectUri, ...ports }: SignInPorts & { readonly redirectUri: string },
): SignIn<Caller> {
  const issuer = settings.identities.oidc?.find((each) => each.name === name);
  if (!issuer) throw new Error("slack.signIn.issuer is no issuer of identities.oidc");
  const { tokenType: _, clientIds: __, ...ofIdTokens } = issuer;
  const verifyIdToken = tokenVerifier([{ ...ofIdTokens, audience: clientId }], ports);
  const verify = tokenVerifier([issuer], ports);
  const client = { client_id: clientId, redirect_uri: redirectUri };
  return {
    async startUrl(secrets) {
      const { authorization } = await discover(issuer, ports);
      return requestUrl(authorization, secrets, { ...client, scope });
    },
    async identify(code, { nonce, verifier = "" }) {
      const { token: endpoint } = await discover(issuer, ports);
      const tokens = await exchange(ports.postForm, endpoint, { ...client, code, code_verifier: verifier });
      await verified(verifyIdToken, tokens["id_token"], nonce);
      const token = tokens[issuer.audience === clientId ? "id_token" : "access_token"];
      const outcome = callerOf(settings, issuer, await verified(verify, token));
      if ("refusal" in outcome) throw new SignInFailure("no-person", refusals[outcome.refusal]);
      if (outcome.caller.kind !== "person") throw new SignInFailure("no-person", "The token is a machine's.");
      return outcome.caller;
    },
  };
}

/** The endpoints of a provider (OpenID Connect Discovery, section 4). */
async function discover({ issuer }: IssuerSettings, { fetchJson }: SignInPorts) {
  const found = await fetchJson(`${issuer}/.well-known/openid-configuration`).catch((cause: unknown) => {
    throw new SignInFailure("unavailable", "The provider's configuration cannot be read", cause);
  });
  const { issuer: named, authorization_endpoint: authorization, token_endpoint: token } = Object(found);
  if (named !== issuer || !isLike(issuer, authorization) || !isLike(issuer, token)) {
    throw new SignInFailure("unavailable", "The provider's configuration is not the issuer's");
  }
  return { authorization, token };
}

/** Whether an endpoint is a URL with TLS, if the issuer's has it. */
const isLike = (issuer: string, endpoint: unknown): endpoint is string =>
  typeof endpoint === "string" && URL.parse(endpoint)?.protocol === new URL(issuer).protocol;
