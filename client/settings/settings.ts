import type { ConfigFile } from "./config-schema.ts";

/** What the client goes by: environment variables first, then the config file. */
export interface ClientSettings {
  /** The API's, without a slash at its end; the paths of the route table follow. */
  readonly url: string;
  /** The region that requests are signed for, if it is known. */
  readonly region?: string | undefined;
  /** The AWS profile, if one is named. */
  readonly profile?: string | undefined;
  /** The OpenID provider that `latchkey login` signs in with, the client's id there, and what to ask for. */
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  readonly scope?: string | undefined;
  /** What some providers need beside. It goes to the `issuer` of the config file alone. */
  readonly login?: ConfigFile["login"];
  /** A bearer token, from `LATCHKEY_TOKEN`. */
  readonly token?: string | undefined;
  /** The command that prints one. */
  readonly tokenCommand?: readonly string[] | undefined;
}
