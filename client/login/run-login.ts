import { rm } from "node:fs/promises";
import { LoginError } from "../../sdk/errors.ts";
import { type Login, readLogin, writeLogin } from "../../sdk/login/login-file.ts";
import { withLock } from "../../sdk/login/login-lock.ts";
import { type Client, discover, loginOf, type Provider, providerError, type Tokens } from "../../sdk/login/open-id.ts";
import { isLoopback } from "../../sdk/loopback.ts";
import { cacheDirectoryOf, loginFileOf } from "../../sdk/node/paths.ts";
import { pause } from "../../sdk/pause.ts";
import { transportOf } from "../api/transport.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { usageFailure } from "../command/usage.ts";
import { readApiUrl } from "../settings/api-url.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { openBrowser } from "./open-browser.ts";
import { startCallback } from "./start-callback.ts";

/** `latchkey login` @param wait for tests: how to wait between two looks at a device's code. */
export async function runLogin(context: Context, input: CommandInput, wait: typeof pause = pause): Promise<number> {
  const { url } = await context.settings();
  const file = loginFileOf(context, url);
  const before = await readLogin(file).catch(() => undefined);
  const { client, redirectPort, parameters } = await clientOf(context, input, before);
  const request = { scope: client.scope, ...parameters };
  const { terminal, environment, clock, signal } = context;
  const provider = await discover(client, { signal, transport: transportOf(context) });
  const work = input.options.flag("device")
    ? signInByDevice(provider, request, context, wait)
    : signInByBrowser(provider, request, context, redirectPort);
  const tokens = await work.catch((error: unknown) => {
    throw error instanceof Failure ? error : providerError(error, client.issuer, signal);
  });
  const login = loginOf(tokens, client, { now: clock() });
  // A command that refreshes the login before would bring that one back.
  await withLock(`${file}.lock`, { clock, signal }, () => writeLogin(file, login));
  // The words that completion remembers may be another person's.
  await rm(cacheDirectoryOf(context), { recursive: true, force: true });
  terminal.note(`signed in as ${visible(login.subject)}`);
  if (login.refreshToken === undefined)
    terminal.note("the provider gave no refresh token: you have to sign in again when this login expires");
  const first = ["LATCHKEY_TOKEN", "LATCHKEY_PROFILE"].find((name) => environment[name]);
  if (first !== undefined) terminal.hint(`${first} is set, and goes before this login: unset it`);
  return exitCodes.ok;
}

/** What the options say, else the settings, else the login before. */
async function clientOf(context: Context, { options }: CommandInput, before: Login | undefined) {
  const settings = await context.settings();
  const issuer = options.text("issuer") ?? settings.issuer ?? before?.issuer;
  if (issuer === undefined)
    throw usageFailure("the OpenID provider is not set", "name it: --issuer URL, or issuer in the config file");
  const read = readApiUrl(issuer);
  if ("fault" in read) throw usageFailure(`the issuer ${read.fault}`, "it looks like https://login.example.com");
  const { clientSecret, useIdToken, redirectPort, parameters } =
    issuer === settings.issuer ? (settings.login ?? {}) : {};
  const client: Client = {
    issuer,
    clientId: options.text("client-id") ?? settings.clientId ?? before?.clientId ?? "latchkey-cli",
    scope: options.text("scope") ?? settings.scope ?? before?.scope ?? "openid offline_access latchkey",
    clientSecret,
    usesIdToken: useIdToken,
  };
  return { client, redirectPort, parameters };
}

/** What is asked of the provider, beside what the flow itself needs. */
type LoginRequest = Readonly<Record<string, string>>;

/** By authorization code and PKCE, with a redirect to a port of this machine (RFC 8252). */
async function signInByBrowser(
  { library, config }: Provider,
  request: LoginRequest,
  context: Context,
  port: number | undefined,
): Promise<Tokens> {
  const { terminal, signal } = context;
  const [verifier, state] = [library.randomPKCECodeVerifier(), library.randomState()];
  const callback = await startCallback(signal, { port, state });
  try {
    const page = library.buildAuthorizationUrl(config, {
      ...request,
      redirect_uri: callback.redirectUri,
      state,
      code_challenge: await library.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
    terminal.note(`to sign in, open this page in a browser on this machine:\n${visible(safePage(page).href)}`);
    openBrowser(page, context);
    const response = await callback.response;
    const tokens = library.authorizationCodeGrant(config, response.url, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    await response.reply(tokens);
    return await tokens;
  } finally {
    callback.stop();
  }
}

/** A program opens it: it must be a page of the web, and nothing else. */
function safePage(page: URL): URL {
  if (page.protocol === "https:" || (page.protocol === "http:" && isLoopback(page.hostname))) return page;
  throw new Failure("the OpenID provider names a page that is not https://", { exitCode: exitCodes.protocol });
}

/** Seconds between two looks at a code, unless the provider asks for less and less of them. */
const longestInterval = 60;

/** RFC 8628: any browser anywhere confirms the code that this machine shows. */
async function signInByDevice(
  { library, config }: Provider,
  request: LoginRequest,
  { terminal, signal }: Context,
  wait: typeof pause,
): Promise<Tokens> {
  if (config.serverMetadata().device_authorization_endpoint === undefined)
    throw new Failure("the OpenID provider has no login for devices", {
      exitCode: exitCodes.configuration,
      hint: "sign in without --device",
    });
  const device = await library.initiateDeviceAuthorization(config, request);
  const page = safePage(new URL(device.verification_uri));
  terminal.note(
    `to sign in, open ${visible(page.href)} in any browser, and enter the code ${visible(device.user_code)}`,
  );
  let seconds = Math.min(device.interval ?? 5, longestInterval);
  for (let left = device.expires_in; ; left -= seconds) {
    // As the provider should have said.
    if (left <= 0) throw new LoginError("code-expired", "nobody confirmed the code in time");
    await wait(seconds * 1000, signal);
    try {
      return await library.genericGrantRequest(config, "urn:ietf:params:oauth:grant-type:device_code", {
        device_code: device.device_code,
      });
    } catch (error) {
      const { error: code } = error as { error?: unknown };
      if (code === "slow_down") seconds += 5;
      else if (code !== "authorization_pending") throw error;
    }
  }
}
