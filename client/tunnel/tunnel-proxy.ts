import type { Agent } from "node:http";
import { mayHaveProxy, proxyAgent } from "../api/proxy.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

/** The way through a proxy, by CONNECT. */
export interface ProxyRoute {
  readonly agent: Agent;
  /** The proxy, until it has let us through: until then a failure is the proxy's. */
  missing(): string | undefined;
  onRefused(refused: (failure: Failure) => void): void;
}

/**
 * The way that HTTPS_PROXY and NO_PROXY name (for `ws://`: HTTP_PROXY).
 *
 * @param giveUp ends a connection to the proxy that is not there yet.
 * @returns undefined if no proxy is needed.
 */
export async function proxyRoute(
  url: URL,
  environment: Readonly<Record<string, string | undefined>>,
  giveUp: AbortSignal,
): Promise<ProxyRoute | undefined> {
  if (!mayHaveProxy(environment)) return undefined;
  const agent = await proxyAgent(url.origin.replace(/^ws/, "http"), giveUp);
  if (!agent) return undefined;
  // Without the credentials that its URL may have.
  const name = `the proxy ${agent.proxy.host}`;
  let missing: string | undefined = name;
  let onRefused = (_: Failure) => {};
  agent.once("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
    missing = undefined;
    if (statusCode !== 200) onRefused(refusedByProxy(name, statusCode));
  });
  return {
    agent,
    missing: () => missing,
    onRefused: (refused) => {
      onRefused = refused;
    },
  };
}

function refusedByProxy(name: string, status: number): Failure {
  const hint =
    status === 407
      ? "HTTPS_PROXY takes the proxy's credentials: http://USER:PASSWORD@HOST:PORT"
      : "NO_PROXY names hosts that are reached without it";
  return new Failure(`${visible(name)} does not let the tunnel through: ${status}`, {
    exitCode: exitCodes.unavailable,
    hint,
  });
}
