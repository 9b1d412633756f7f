import { createHash, randomUUID } from "node:crypto";
import { chatLinkStore } from "../../../lambda/aws/dynamodb/chat-link-table.ts";
import { linkVisitStore } from "../../../lambda/aws/dynamodb/link-visit-table.ts";
import { peopleMemory } from "../../../lambda/aws/dynamodb/person-table.ts";
import { suspensionStore } from "../../../lambda/aws/dynamodb/suspension-table.ts";
import { companySignIn } from "../../../lambda/link/company.ts";
import { linkFunction } from "../../../lambda/link/link-function.ts";
import type { FormResponse } from "../../../lambda/link/post-form.ts";
import { slackSignIn } from "../../../lambda/link/slack-sign-in.ts";
import type { IssuerSettings } from "../../../lambda/shared/issuer-settings.ts";
import { boundTable } from "../../support/bound-table.ts";
import { lambdaContext, restEvent } from "../../support/rest-event.ts";
import { SigningKey } from "../../support/token-issuer.ts";

const corp = "https://login.example.com";
const slack = "https://slack.com";
export const clientId = "latchkey-slack";
export const home = "https://slack.example.com/live/link";
const app = { clientId: "1000.2000", workspaces: ["T0LOCAL"], enterprises: ["E0LOCAL"] };

const issuer: IssuerSettings = {
  name: "corp",
  issuer: corp,
  audience: "urn:latchkey:test",
  jwksUri: `${corp}/jwks`,
  algorithm: "ES256",
  tokenType: "at+jwt",
  clientIds: [clientId],
  people: { id: "email", idPattern: "*@example.com", groups: "groups", require: { kind: ["employee"] } },
  machines: [{ name: "robots", id: ["sub"], require: { kind: ["robot"] }, groups: [] }],
};

/** Claims that replace the usual ones of a token. */
export type Changes = Readonly<Record<string, unknown>>;

export interface SignedIn {
  readonly idToken?: Changes;
  /** Of the company's provider. */
  readonly accessToken?: Changes;
  /** What the token endpoint returns instead. */
  readonly response?: FormResponse;
}

interface Grant extends SignedIn {
  readonly nonce: string;
  readonly challenge: string | undefined;
  readonly redirectUri: string;
}

/** What a page or a redirect is to a browser. */
export interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** Where the browser goes next. */
  readonly location: URL;
}

/** The link function between two providers, over the embedded table, which must run. */
export class LinkWorld {
  now = new Date("2026-01-02T03:04:05.678Z");
  /** What the stand-in of a provider does not respond to. */
  readonly down = new Set<string>();
  readonly suspensions = suspensionStore(boundTable);
  readonly links = chatLinkStore(boundTable);
  /** The client's secret as the function has it in memory, as it is stored, and as Slack has it. */
  keptSecret = "old";
  storedSecret = "old";
  validSecret = "old";
  configuration: object = {
    issuer: corp,
    authorization_endpoint: `${corp}/authorize?tenant=1`,
    token_endpoint: `${corp}/token`,
  };
  readonly #clientSecret = {
    current: async () => {
      this.#mustBeUp("secret");
      return this.keptSecret;
    },
    renewed: async () => this.storedSecret,
  };
  readonly #corpKey = new SigningKey("corp-1");
  readonly #slackKey = new SigningKey("slack-1", "RS256");
  readonly #grants = new Map<string, Grant>();
  readonly #handler: ReturnType<typeof linkFunction>;

  constructor(changes: { readonly issuer?: Partial<IssuerSettings>; readonly clientId?: string } = {}) {
    const ports = {
      fetchJson: async (url: string) => this.#document(url),
      postForm: async (url: string, form: Readonly<Record<string, string>>) => this.#exchange(url, form),
      clock: () => this.now.getTime(),
    };
    const settings = {
      identities: { iam: { people: [] }, oidc: [{ ...issuer, ...changes.issuer }] },
      groups: { OnCall: ["corp:on-call"] },
    };
    const signIn = { issuer: "corp", clientId: changes.clientId ?? clientId, scope: "openid latchkey" };
    this.#handler = linkFunction({
      links: this.links,
      suspensions: this.suspensions,
      people: peopleMemory(boundTable),
      company: companySignIn(settings, signIn, { ...ports, redirectUri: `${home}/company` }),
      slack: slackSignIn({ ...app, url: slack, redirectUri: `${home}/slack`, clientSecret: this.#clientSecret }, ports),
      visits: linkVisitStore(boundTable),
      home,
      clock: () => this.now,
    });
  }

  /** A browser with cookies of its own. */
  browser() {
    let cookie: string | undefined;
    const send = async (method: "GET" | "POST", resource: string, rest: Partial<Parameters<typeof restEvent>[0]>) => {
      const headers = { ...rest.headers, ...(cookie !== undefined && { Cookie: ["other=1", cookie] }) };
      const event = restEvent({ method, resource, ...rest, headers, userArn: null });
      const { statusCode: status, headers: sent = {}, body } = await this.#handler(event, lambdaContext(10_000));
      const set = sent["Set-Cookie"];
      if (typeof set === "string") cookie = /Max-Age=0;/.test(set) ? undefined : set.split(";")[0];
      return { status, headers: sent, body, location: new URL(String(sent["Location"] ?? home)) };
    };
    const browser = {
      get cookie() {
        return cookie;
      },
      set cookie(value) {
        cookie = value;
      },
      start: () => send("GET", "/link", {}),
      /** Follows a provider's redirect. */
      follow: ({ pathname, searchParams }: URL) => {
        const query: Record<string, string[]> = {};
        for (const [name, value] of searchParams) query[name] = [...(query[name] ?? []), value];
        return send("GET", pathname.replace("/live", ""), { query });
      },
      /** Presses the button of a page. */
      press: ({ body }: Pick<Seen, "body">) => browser.confirm(/name="token" value="([^"]*)"/.exec(body)?.[1] ?? ""),
      confirm: (token: string) =>
        send("POST", "/link", {
          headers: { "Content-Type": ["application/x-www-form-urlencoded"] },
          body: String(new URLSearchParams({ token })),
        }),
      get: (resource: string) => send("GET", resource, {}),
    };
    return browser;
  }

  /** Signs in at the provider that a browser was sent to. @returns its redirect. */
  signIn({ location }: Pick<Seen, "location">, as: SignedIn = {}): URL {
    const parameters = location.searchParams;
    const [redirectUri, nonce] = [parameters.get("redirect_uri") ?? "", parameters.get("nonce") ?? ""];
    const code = randomUUID();
    this.#grants.set(code, { ...as, nonce, challenge: parameters.get("code_challenge") ?? undefined, redirectUri });
    const url = new URL(redirectUri);
    url.search = String(new URLSearchParams({ code, state: parameters.get("state") ?? "" }));
    return url;
  }

  /** Signs in at both providers. @returns the page after that. */
  async signInTwice(browser: ReturnType<LinkWorld["browser"]>, company: SignedIn = {}, user: SignedIn = {}) {
    const atSlack = await browser.follow(this.signIn(await browser.start(), company));
    return atSlack.status === 303 ? browser.follow(this.signIn(atSlack, user)) : atSlack;
  }

  #mustBeUp(what: string) {
    if (this.down.has(what)) throw new Error("It does not respond");
  }

  #document(url: string): object {
    this.#mustBeUp(new URL(url).pathname);
    if (url === `${corp}/.well-known/openid-configuration`) return this.configuration;
    if (url === `${corp}/jwks`) return { keys: [this.#corpKey.jwk] };
    if (url === `${slack}/openid/connect/keys`) return { keys: [this.#slackKey.jwk] };
    throw new Error("There is no such document");
  }

  #exchange(url: string, form: Readonly<Record<string, string>>): FormResponse {
    this.#mustBeUp(new URL(url).pathname);
    const { code = "", client_id: client, client_secret: secret, code_verifier: verifier = "" } = form;
    const grant = this.#grants.get(code);
    // As Slack does, which looks at the client before the code.
    const isBad = url.startsWith(slack) && secret !== this.validSecret;
    if (isBad) return { status: 200, body: { ok: false, error: "bad_client_secret" } };
    this.#grants.delete(code);
    if (!grant || form["grant_type"] !== "authorization_code" || form["redirect_uri"] !== grant.redirectUri) {
      return refused(url);
    }
    if (grant.response) return grant.response;
    // The library that verifies signatures has a clock of its own.
    const times = { iat: Math.floor(this.now.getTime() / 1000), exp: 4_102_444_800 };
    if (url === `${corp}/token`) {
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      if (challenge !== grant.challenge) return refused(url);
      const who = { email: "alice@example.com", email_verified: true, kind: "employee", groups: ["on-call"] };
      const common = { iss: corp, sub: "alice", ...times, ...who };
      const access = { ...common, aud: "urn:latchkey:test", client_id: client, ...grant.accessToken };
      const id = { ...common, aud: client, nonce: grant.nonce, ...grant.idToken };
      const idHeader = { alg: "ES256", kid: "corp-1", typ: "JWT" };
      const body = { access_token: this.#corpKey.sign(access), id_token: this.#corpKey.sign(id, idHeader) };
      return { status: 200, body };
    }
    if (client !== app.clientId) return refused(url);
    const claims = { iss: slack, aud: app.clientId, sub: "U0ALICE", nonce: grant.nonce, ...times };
    const user = { [`${slack}/user_id`]: "U0ALICE", [`${slack}/team_id`]: "T0LOCAL", name: "Alice", ...grant.idToken };
    return { status: 200, body: { ok: true, id_token: this.#slackKey.sign({ ...claims, ...user }) } };
  }
}

const refused = (url: string): FormResponse =>
  url.startsWith(slack)
    ? { status: 200, body: { ok: false, error: "invalid_code" } }
    : { status: 400, body: { error: "invalid_grant", error_description: "<script>alert(1)</script>" } };
