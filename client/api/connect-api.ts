import type { Agent } from "node:http";
import { Latchkey } from "../../sdk/latchkey.ts";
import type { Transport } from "../../sdk/transport.ts";
import type { ClientSettings } from "../settings/settings.ts";
import { version } from "../terminal/version.ts";
import type { World } from "../terminal/world.ts";
import { authenticationOf } from "./authentication.ts";
import { exchange } from "./exchange.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { mayHaveProxy, proxyAgent } from "./proxy.ts";

/** The API that the settings name. Nothing is sent, and no credentials are looked for, before the first call. */
export function connectApi(world: World, settings: ClientSettings): Latchkey {
  const { url } = settings;
  return new Latchkey({
    url,
    ...authenticationOf(world, settings),
    userAgent: `latchkey/${version}`,
    transport: transportTo(url, world),
    crypto: nodeCrypto,
    clock: world.clock,
  });
}

/** Through a proxy if the environment names one. */
function transportTo(url: string, { environment }: World): Transport {
  let agent: Promise<Agent | undefined> | undefined;
  return async (request, options) => {
    if (mayHaveProxy(environment)) agent ??= proxyAgent(url);
    return exchange(request, { ...options, agent: await agent });
  };
}
