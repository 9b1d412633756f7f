import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { consoleAtDoor } from "../http/console-at-door.ts";
import { environments } from "../shared/environment.ts";
import { siteDirectory } from "../shared/settings-file.ts";

const { LAMBDA_TASK_ROOT, CONSOLE_CONFIG, CONSOLE_HEADERS } = environments.console.parse(process.env);
const directory = path.join(LAMBDA_TASK_ROOT, siteDirectory);
const names = readdirSync(directory, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => path.relative(directory, path.join(parentPath, name)));

/** The files of the browser console, where the OIDC door itself serves it. */
export const handler = consoleAtDoor({
  files: new Map(names.map((name) => [name, readFileSync(path.join(directory, name), "utf8")])),
  config: JSON.parse(CONSOLE_CONFIG),
  headers: JSON.parse(CONSOLE_HEADERS),
});
