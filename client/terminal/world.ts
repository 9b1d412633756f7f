import type { Terminal } from "./terminal.ts";

/** What the process that runs the command gives to it. */
export interface World {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Options of this command line that stand for variables of the environment, by name: `url`, `profile`. */
  readonly given: Readonly<Record<string, string>>;
  readonly platform: NodeJS.Platform;
  readonly homeDirectory: string;
  readonly clock: () => Date;
  /** How to run this program again: `[node, latchkey.cjs]`. For ssh's ProxyCommand, and the like. */
  readonly self: readonly string[];
  /** Aborts at Ctrl-C and at SIGTERM. */
  readonly signal: AbortSignal;
}
