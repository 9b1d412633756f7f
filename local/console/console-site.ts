import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import {
  type ConsoleConfig,
  type ConsoleConnections,
  consoleCaching,
  consoleConfig,
  consoleContentType,
  consoleHeaders,
} from "../../contract/console.ts";

/** The console's files by their paths in URLs: `/index.html`. */
export type ConsoleSite = ReadonlyMap<string, ConsoleFile>;

interface ConsoleFile {
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Reads the console's files, all of them at once, and adds its configuration.
 *
 * @param directory as `buildConsole` fills it.
 * @throws Error if the type of a file is unknown.
 */
export async function readConsoleSite(
  directory: string,
  config: ConsoleConfig,
  connections: ConsoleConnections,
): Promise<ConsoleSite> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)));
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(path.join(directory, name))] as const),
  );
  const configuration = Buffer.from(JSON.stringify(consoleConfig.parse(config)));
  return new Map(
    [...files, ["config.json", configuration] as const].map(([name, bytes]) => [
      `/${name}`,
      {
        bytes,
        headers: {
          ...consoleHeaders(connections),
          "Cache-Control": consoleCaching(name),
          "Content-Type": consoleContentType(name),
        },
      },
    ]),
  );
}
