import { existsSync } from "node:fs";
import { isToken } from "../../sdk/is-token.ts";
import type { LatchkeyOptions } from "../../sdk/latchkey.ts";
import { loginFileOf } from "../../sdk/node/paths.ts";
import type { AwsCredentials } from "../../sdk/sigv4.ts";
import type { ClientSettings } from "../settings/settings.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import type { World } from "../terminal/world.ts";
import { findCredentials } from "./credentials.ts";
import { regionOf } from "./region.ts";
import { tokensFrom } from "./token.ts";
import { transportOf } from "./transport.ts";

type Authentication = Pick<LatchkeyOptions, "token" | "credentials" | "region">;

/**
 * How requests are authenticated: by a bearer token if there is one, else by what `latchkey login` keeps, else by AWS
 * credentials. Each is looked for at the first call that needs it, which throws a Failure `configuration` if there is
 * none.
 */
export function authenticationOf(world: World, settings: ClientSettings): Authentication {
  const { token, tokenCommand, profile, url } = settings;
  if (token !== undefined || tokenCommand !== undefined) {
    return { token: token === undefined ? tokensFrom(tokenCommand ?? [], world) : async () => checked(token) };
  }
  // A profile that an option or a variable names signs.
  const login = loginFileOf(world, url);
  if (!world.environment["LATCHKEY_PROFILE"] && existsSync(login)) {
    let tokens: Promise<() => Promise<string>> | undefined;
    return {
      token: async () => {
        tokens ??= import("../../sdk/login/login-token.ts").then(({ tokensOf }) =>
          tokensOf(login, { ...world, transport: transportOf(world) }),
        );
        return (await tokens)();
      },
    };
  }
  let found: Promise<AwsCredentials> | undefined;
  return {
    credentials: () => {
      found ??= findCredentials(world, profile);
      return found;
    },
    region: () =>
      regionOf({ url, region: settings.region, environment: world.environment }) ?? regionOfProfile(profile),
  };
}

function checked(token: string): string {
  if (isToken(token)) return token;
  throw new Failure("LATCHKEY_TOKEN is not a valid token", {
    exitCode: exitCodes.configuration,
    hint: "it must be one line with nothing but the token",
  });
}

async function regionOfProfile(profile: string | undefined): Promise<string> {
  const chain = await import("./aws-chain.ts");
  const region = await chain.regionOfProfile(profile);
  if (region !== undefined) return region;
  throw new Failure("the region to sign requests for is not set", {
    exitCode: exitCodes.configuration,
    hint: "export LATCHKEY_REGION with the API's region, for example us-east-1",
  });
}
