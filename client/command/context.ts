import type { Latchkey } from "../../sdk/latchkey.ts";
import type { ClientSettings } from "../settings/settings.ts";
import type { World } from "../terminal/world.ts";

/** The API as commands call it. */
export type Api = Pick<Latchkey, "call" | "url">;

/** What a command works with: the process's world, the settings and the API. */
export interface Context extends World {
  /** Read at the first call. @throws Failure `configuration` */
  settings(): Promise<ClientSettings>;
  /** The API that the settings name, with the caller's credentials. @throws Failure `configuration` */
  api(): Promise<Api>;
  /** The same, with other variables of the environment, and the options that stand for them. */
  with(variables: Readonly<Record<string, string>>, given: World["given"]): Context;
}
