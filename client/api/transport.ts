import type { Transport } from "../../sdk/transport.ts";
import type { World } from "../terminal/world.ts";
import { exchange } from "./exchange.ts";
import { mayHaveProxy, proxyAgent } from "./proxy.ts";

/** Sends requests through a proxy if the environment names one. */
export function transportOf({ environment }: Pick<World, "environment">): Transport {
  return async (request, options) => {
    const agent = mayHaveProxy(environment) ? await proxyAgent(request.url.href) : undefined;
    return exchange(request, { ...options, agent });
  };
}
