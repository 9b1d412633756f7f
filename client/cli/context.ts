import type { LatchkeyApi } from "../api/latchkey-api.ts";
import type { ClientSettings } from "../settings/settings.ts";
import type { Terminal } from "./terminal.ts";

/** What a command gets of the world. */
export interface Context {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeDirectory: string;
  readonly clock: () => Date;
  /** How this very program is run again: `[node, latchkey.cjs]`. For ssh's ProxyCommand, and the like. */
  readonly self: readonly string[];
  /** Aborts at Ctrl-C and at SIGTERM. */
  readonly signal: AbortSignal;
  /** Read at the first call. @throws Failure `configuration` */
  settings(): Promise<ClientSettings>;
  /** The API that the settings name, with the caller's credentials. @throws Failure `configuration` */
  api(): Promise<LatchkeyApi>;
}
