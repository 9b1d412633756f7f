import type { LatchkeyApi } from "../api/latchkey-api.ts";
import type { ClientSettings } from "../settings/settings.ts";
import type { World } from "../terminal/world.ts";

/** What a command works with: the process's world, the settings and the API. */
export interface Context extends World {
  /** Read at the first call. @throws Failure `configuration` */
  settings(): Promise<ClientSettings>;
  /** The API that the settings name, with the caller's credentials. @throws Failure `configuration` */
  api(): Promise<LatchkeyApi>;
}
