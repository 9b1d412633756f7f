import type { HttpsProxyAgent } from "https-proxy-agent";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the environment may name a proxy at all: only then is the code for it loaded. */
export function mayHaveProxy(environment: Environment): boolean {
  return proxiesIn(environment).length > 0;
}

/**
 * What leads to a URL through the proxy that HTTPS_PROXY and NO_PROXY name.
 *
 * @param giveUp ends connections through it, also those that are not there yet.
 * @returns undefined if no proxy is needed.
 * @throws Failure `configuration`, without the proxy's URL: it may have a password in it.
 */
export async function proxyAgent(url: string, giveUp?: AbortSignal): Promise<HttpsProxyAgent<string> | undefined> {
  const { getProxyForUrl } = await import("proxy-from-env");
  const found = getProxyForUrl(url);
  if (found === "") return undefined;
  const proxy = withScheme(found, process.env);
  if (!/^https?:/.test(proxy) || !URL.canParse(proxy)) {
    throw new Failure("the environment names a proxy that cannot be used", {
      exitCode: exitCodes.configuration,
      hint: "HTTPS_PROXY takes http://HOST:PORT or https://HOST:PORT",
    });
  }
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  return new HttpsProxyAgent(proxy, giveUp && { signal: giveUp });
}

/**
 * A proxy named without a scheme speaks HTTP, as curl and the AWS CLI have it. proxy-from-env gives it the scheme of
 * what is asked for.
 */
function withScheme(proxy: string, environment: Environment): string {
  const bare = proxiesIn(environment).find((named) => !named.includes("://") && proxy.endsWith(`://${named}`));
  return bare === undefined ? proxy : `http://${bare}`;
}

function proxiesIn(environment: Environment): readonly string[] {
  return ["https_proxy", "http_proxy", "all_proxy"]
    .flatMap((name) => [environment[name], environment[name.toUpperCase()]])
    .filter((value): value is string => value !== undefined && value !== "");
}
