import { signal } from "@preact/signals";
import type { ConsoleConfig } from "../../contract/console.ts";

/** What the host says of the console. Set before anything is shown. */
const config = signal<ConsoleConfig | undefined>(undefined);

/** Reads `config.json`, which the host has made. @throws Error if it cannot be read */
export async function readConfig(): Promise<ConsoleConfig> {
  const response = await fetch("config.json", { cache: "no-cache" });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  const read = (await response.json()) as ConsoleConfig;
  config.value = read;
  return read;
}

/** Whether this console has terminals. */
export const hasTerminal = () => config.value?.terminal ?? false;
