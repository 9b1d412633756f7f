import { configFileOf, type PathContext } from "../../sdk/node/paths.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { readApiUrl } from "./api-url.ts";
import type { ConfigFile } from "./config-schema.ts";
import { readOwnFile } from "./own-file.ts";
import type { ClientSettings } from "./settings.ts";

/** @throws Failure `configuration` */
export async function readSettings(context: PathContext): Promise<ClientSettings> {
  const { environment } = context;
  const file = environment["LATCHKEY_CONFIG"] || configFileOf(context);
  const config = await readConfig(file, Boolean(environment["LATCHKEY_CONFIG"]));
  const { url, source } = environment["LATCHKEY_URL"]
    ? { url: environment["LATCHKEY_URL"], source: "LATCHKEY_URL" }
    : { url: config.url, source: `url in ${visible(file)}` };
  if (url === undefined) throw noUrl(file);
  const read = readApiUrl(url.trim());
  if ("fault" in read) {
    throw new Failure(`${source} ${read.fault}`, {
      exitCode: exitCodes.configuration,
      hint: `it looks like ${sampleUrl}`,
    });
  }
  const region = environment["LATCHKEY_REGION"] || config.region;
  const profile = environment["LATCHKEY_PROFILE"] || config.profile;
  const { issuer, clientId, scope, login } = config;
  const token = environment["LATCHKEY_TOKEN"] || undefined;
  // A bearer token can be used by the API that gets it: the file's command is for the API that the file names. A
  // variable goes before the file: a profile that it names signs requests.
  const isForUrl = config.url === undefined || isSameApi(config.url, read.url);
  const tokenCommand = isForUrl && !environment["LATCHKEY_PROFILE"] ? config.tokenCommand : undefined;
  return {
    url: read.url,
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(issuer !== undefined && { issuer }),
    ...(clientId !== undefined && { clientId }),
    ...(scope !== undefined && { scope }),
    ...(login !== undefined && { login }),
    ...(token !== undefined && { token: token.trim() }),
    ...(tokenCommand !== undefined && { tokenCommand }),
  };
}

function isSameApi(text: string, url: string): boolean {
  const read = readApiUrl(text.trim());
  return "url" in read && read.url === url;
}

const sampleUrl = "https://abc123.execute-api.us-east-1.amazonaws.com/live";

function noUrl(file: string): Failure {
  return new Failure("no API is set", {
    exitCode: exitCodes.configuration,
    hint: `export LATCHKEY_URL=${sampleUrl}, or write {"url": "https://…"} into ${visible(file)}; ask Latchkey's operators for the URL`,
  });
}

/** @param isNamed whether the user has named it: then it has to be there. */
async function readConfig(file: string, isNamed: boolean): Promise<ConfigFile> {
  let text: string;
  try {
    text = await readOwnFile(file);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? "fault";
    if (!isNamed && (code === "ENOENT" || code === "ENOTDIR")) return {};
    throw new Failure(`the config file ${visible(file)} cannot be read: ${code}`, {
      exitCode: exitCodes.configuration,
      hint: isNamed ? "LATCHKEY_CONFIG names it" : undefined,
      cause,
    });
  }
  const { parseConfigFile } = await import("./config-file.ts");
  return parseConfigFile(text, file);
}
