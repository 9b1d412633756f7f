import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { type Configuration, interactionPolicy, Provider } from "oidc-provider";
import { createMemoryAdapter } from "oidc-provider/lib/adapters/memory_adapter.js";
import { consoleClient, people, slackClient } from "../shared/account.ts";
import { hasLoopbackHost, listenFrom } from "../shared/loopback-server.ts";
import {
  showCodeConfirmation,
  showCodeForm,
  showDeviceDone,
  showError,
  showSignedOut,
  showSignIn,
  showSignOut,
} from "./pages.ts";

/** The audience of access tokens that name no API: Latchkey's. */
const usualAudience = "urn:latchkey:api";

/** The scope that an access token for Latchkey needs. */
const scope = "latchkey";

interface ProviderOptions {
  /** How long an access token is valid. */
  readonly accessTokenSeconds?: number;
  /** The claims that tokens of machines have besides the usual ones. */
  readonly machineClaims?: () => Record<string, string>;
}

export interface RunningProvider {
  readonly issuer: string;
  readonly jwksUri: string;
  stop(): Promise<void>;
}

/**
 * Starts the OpenID provider of the local stack, at which its people sign in by one click. To import it takes half a second.
 *
 * @param port taken, or else the next free one; 0 for any.
 */
export async function startProvider(port: number, options: ProviderOptions = {}): Promise<RunningProvider> {
  const server = createServer();
  const running = await listenFrom(server, port);
  const issuer = `http://127.0.0.1:${running.port}`;
  const provider: Provider = new Provider(
    issuer,
    configuration(() => provider, options),
  );
  provider.on("server_error", (_, error) => console.error("The OpenID provider failed:", error));
  provider.use(async (context, others) => {
    if (!context.path.startsWith("/interaction/")) return others();
    const { params, session } = await provider.interactionDetails(context.req, context.res);
    const { as = params["login_hint"] } = context.query;
    if (typeof as !== "string" || !Object.hasOwn(people, as)) return showSignIn(context, people);
    const next = await provider.interactionResult(context.req, context.res, { login: { accountId: as } });
    // Or else the provider signs out who was signed in before, on the console or at a command.
    const before = session && (await provider.Session.findByUid(session.uid));
    if (before !== undefined) {
      delete before.accountId;
      await before.persist();
    }
    context.redirect(next);
  });
  const respond = provider.callback();
  server.on("request", (request, response) => {
    if (hasLoopbackHost(request)) respond(request, response);
    else response.writeHead(403, { "Content-Length": 0 }).end();
  });
  return { issuer, jwksUri: `${issuer}/jwks`, stop: () => running.stop() };
}

/** Public clients: nobody can keep a secret in a program or a page. With a native client's redirect, any port is right. */
const publicClient = {
  application_type: "native",
  token_endpoint_auth_method: "none",
  response_types: ["code"],
} as const;
const refresh = "refresh_token";

const clients: Configuration["clients"] = [
  {
    ...publicClient,
    client_id: "latchkey-cli",
    redirect_uris: ["http://127.0.0.1/callback"],
    grant_types: ["authorization_code", refresh, "urn:ietf:params:oauth:grant-type:device_code"],
  },
  {
    ...publicClient,
    client_id: consoleClient.clientId,
    redirect_uris: ["http://127.0.0.1/", "http://127.0.0.1/callback"],
    post_logout_redirect_uris: ["http://127.0.0.1/"],
    grant_types: ["authorization_code", refresh],
  },
  {
    ...publicClient,
    client_id: slackClient.clientId,
    redirect_uris: ["http://127.0.0.1/link/company"],
    grant_types: ["authorization_code"],
  },
  {
    client_id: "ci-robot",
    client_secret: "robot",
    redirect_uris: [],
    response_types: [],
    grant_types: ["client_credentials"],
  },
];

const eightHours = 8 * 3600;

function configuration(
  provider: () => Provider,
  { accessTokenSeconds = 300, machineClaims }: ProviderOptions,
): Configuration {
  return {
    adapter: createMemoryAdapter(0),
    jwks: { keys: [signingKey()] },
    clients,
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    scopes: ["openid", "offline_access", scope],
    claims: { openid: ["sub"], [scope]: ["email", "email_verified", "groups"] },
    findAccount: (_, id) =>
      Object.hasOwn(people, id) ? { accountId: id, claims: () => ({ sub: id, ...claimsOf(id) }) } : undefined,
    extraTokenClaims: (_, token) => {
      if (token.kind === "ClientCredentials") return machineClaims?.();
      return token.accountId === undefined ? undefined : claimsOf(token.accountId);
    },
    pkce: { required: () => true },
    cookies: { keys: [randomUUID()] },
    clientBasedCORS: (_, origin) => /^http:\/\/(?:127\.0\.0\.1|localhost)(?::[0-9]+)?$/.test(origin),
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      IdToken: accessTokenSeconds,
      AuthorizationCode: 60,
      Interaction: 600,
      DeviceCode: 600,
      RefreshToken: eightHours,
      Session: eightHours,
      Grant: eightHours,
    },
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    issueRefreshToken: (_, client) => client.grantTypeAllowed(refresh),
    renderError: showError,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource: showSignOut, postLogoutSuccessSource: showSignedOut },
      deviceFlow: {
        enabled: true,
        charset: "base-20",
        mask: "****-****",
        userCodeInputSource: (context, form, _, error) => showCodeForm(context, form, error),
        userCodeConfirmSource: (context, form, ...[, , code]) => showCodeConfirmation(context, form, code),
        successSource: showDeviceDone,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => usualAudience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, audience) => ({
          scope,
          audience,
          accessTokenFormat: "jwt",
          accessTokenTTL: accessTokenSeconds,
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
    // Nobody has to consent.
    loadExistingGrant: async ({ oidc: { client, session } }) => {
      const grant = new (provider().Grant)({ clientId: client?.clientId, accountId: session?.accountId });
      grant.addOIDCScope(`openid offline_access ${scope}`);
      grant.addResourceScope(usualAudience, scope);
      await grant.save();
      return grant;
    },
    interactions: { policy: signInPolicy(), url: (_, { uid }) => `/interaction/${uid}` },
  };
}

/** Asks at each sign-in who it is, so that one browser can be several people. */
function signInPolicy() {
  const { base, Check } = interactionPolicy;
  const policy = base();
  // It would lead a native client through interactions for ever.
  policy.get("consent")?.checks.remove("native_client_prompt");
  policy
    .get("login")
    ?.checks.add(
      new Check("who", "The person is not chosen yet", ({ oidc }) =>
        oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
      ),
    );
  return policy;
}

function signingKey() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "ES256", use: "sig" };
}

const claimsOf = (person: string) => ({
  email: `${person}@example.com`,
  email_verified: true,
  groups: people[person] ?? [],
});
