import { Latchkey } from "../../sdk/latchkey.ts";
import type { ClientSettings } from "../settings/settings.ts";
import { version } from "../terminal/version.ts";
import type { World } from "../terminal/world.ts";
import { authenticationOf } from "./authentication.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { transportOf } from "./transport.ts";

/** The API that the settings name. Nothing is sent, and no credentials are looked for, before the first call. */
export function connectApi(world: World, settings: ClientSettings): Latchkey {
  const { url } = settings;
  return new Latchkey({
    url,
    ...authenticationOf(world, settings),
    userAgent: `latchkey/${version}`,
    transport: transportOf(world),
    crypto: nodeCrypto,
    clock: world.clock,
  });
}
