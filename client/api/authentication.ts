import { signedHeaders } from "../../sdk/sigv4.ts";
import type { ClientSettings } from "../settings/settings.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import type { World } from "../terminal/world.ts";
import { findCredentials } from "./credentials.ts";
import { regionOf } from "./region.ts";
import { isToken, tokenFrom } from "./token.ts";

interface RequestToAuthenticate {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

/** Gives the headers that say who asks. */
export type Authentication = (request: RequestToAuthenticate) => Record<string, string>;

/** What requests are authorized by at API Gateway. */
const service = "execute-api";

/**
 * How the caller is known: a bearer token where there is one, else AWS credentials.
 *
 * @throws Failure `configuration` where there is neither.
 */
export async function findAuthentication(context: World, settings: ClientSettings): Promise<Authentication> {
  const { token, tokenCommand, profile, url } = settings;
  if (token !== undefined || tokenCommand !== undefined) {
    const bearer = token ?? (await tokenFrom(tokenCommand ?? [], context));
    if (!isToken(bearer)) {
      throw new Failure("LATCHKEY_TOKEN is no token", {
        exitCode: exitCodes.configuration,
        hint: "it has to be one line, the token alone",
      });
    }
    return () => ({ authorization: `Bearer ${bearer}` });
  }
  const { environment, clock } = context;
  const credentials = await findCredentials(context, profile);
  const region = regionOf({ url, region: settings.region, environment }) ?? (await regionOfProfile(profile));
  return (request) => signedHeaders(request, credentials, { region, service, now: clock() });
}

async function regionOfProfile(profile: string | undefined): Promise<string> {
  const chain = await import("./aws-chain.ts");
  const region = await chain.regionOfProfile(profile);
  if (region !== undefined) return region;
  throw new Failure("the region to sign requests for is not known", {
    exitCode: exitCodes.configuration,
    hint: "export LATCHKEY_REGION=us-east-1, or whatever region the API is in",
  });
}
