import { tokenVerifier } from "../callers/tokens.ts";
import { type ChatUser, chatUserIn } from "../chat/chat-user.ts";
import type { SlackSettings } from "../shared/slack-settings.ts";
import {
  exchange,
  RefusedCode,
  requestUrl,
  type SignIn,
  SignInFailure,
  type SignInPorts,
  verified,
} from "./sign-in.ts";

/** A user whom Slack has signed in. Names are what people call themselves: they tell a reader whom they see, and nothing else. */
export interface SlackUser {
  readonly user: ChatUser;
  readonly name?: string | undefined;
  readonly workspaceName?: string | undefined;
}

interface SlackApp extends Pick<SlackSettings, "clientId" | "workspaces" | "enterprises"> {
  /** Where Slack is: `https://slack.com`. */
  readonly url: string;
  /** The page's own, as Slack knows it. */
  readonly redirectUri: string;
  /** The second reads it again, because Slack refused the first. */
  readonly clientSecret: { readonly current: () => Promise<string>; readonly renewed: () => Promise<string> };
}

/** Sign in with Slack (https://docs.slack.dev/authentication/sign-in-with-slack), for users of the app's workspaces. */
export function slackSignIn(
  { url, clientId, workspaces, enterprises = [], redirectUri, clientSecret }: SlackApp,
  ports: SignInPorts,
): SignIn<SlackUser> {
  const client = { client_id: clientId, redirect_uri: redirectUri };
  const issuer = "https://slack.com";
  const jwksUri = `${url}/openid/connect/keys`;
  const verify = tokenVerifier([{ name: "slack", issuer, audience: clientId, algorithm: "RS256", jwksUri }], ports);
  const redeem = async (code: string) => {
    const attempt = (secret: string) =>
      exchange(ports.postForm, `${url}/api/openid.connect.token`, { ...client, client_secret: secret, code });
    const current = await clientSecret.current();
    try {
      return await attempt(current);
    } catch (error) {
      const isOld = error instanceof RefusedCode && error.code === "bad_client_secret";
      const renewed = isOld ? await clientSecret.renewed() : current;
      if (renewed === current) throw error;
      return attempt(renewed);
    }
  };
  return {
    async startUrl(secrets) {
      const [team, ...others] = workspaces;
      const hint = team !== undefined && others.length === 0 ? { team } : {};
      return requestUrl(`${url}/openid/connect/authorize`, secrets, { ...client, scope: "openid profile", ...hint });
    },
    async identify(code, { nonce }) {
      const tokens = await redeem(code);
      const claims = await verified(verify, tokens["id_token"], nonce);
      const claim = (name: string) => {
        const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
        return typeof value === "string" && value !== "" ? value : undefined;
      };
      const [workspace = "", enterprise = "", id = ""] = ["team_id", "enterprise_id", "user_id"].map((name) =>
        claim(`${issuer}/${name}`),
      );
      const user = chatUserIn(`slack/${workspace}/${id}`);
      if (!user) throw new SignInFailure("refused", "The token names no user of Slack");
      if (!workspaces.includes(workspace) && !enterprises.includes(enterprise)) {
        throw new SignInFailure("other-workspace", "The user is of another workspace");
      }
      return { user, name: claim("name"), workspaceName: claim(`${issuer}/team_name`) };
    },
  };
}
