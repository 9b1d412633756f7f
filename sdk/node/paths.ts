import { createHash } from "node:crypto";
import { posix, win32 } from "node:path";

/** What decides where the client keeps its files. */
export interface PathContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeDirectory: string;
}

/** The path of the config file, unless LATCHKEY_CONFIG names another. */
export function configFileOf(context: PathContext): string {
  const { path, base } = basis(context, { variable: "XDG_CONFIG_HOME", default: ".config" }, "APPDATA", "Roaming");
  return path.join(base, "latchkey", "config.json");
}

/** The directory of what the client remembers, such as accepted host keys. */
export function stateDirectoryOf(context: PathContext): string {
  const xdg = { variable: "XDG_STATE_HOME", default: ".local/state" };
  const { path, base } = basis(context, xdg, "LOCALAPPDATA", "Local");
  return path.join(base, "latchkey");
}

/** The file of what `latchkey login` keeps for an API. */
export function loginFileOf(context: PathContext, url: string): string {
  const name = createHash("sha256").update(url).digest("hex").slice(0, 32);
  const path = context.platform === "win32" ? win32 : posix;
  return path.join(stateDirectoryOf(context), "logins", `${name}.json`);
}

/** The directory of what may be deleted at any time. */
export function cacheDirectoryOf(context: PathContext): string {
  const xdg = { variable: "XDG_CACHE_HOME", default: ".cache" };
  const { path, base } = basis(context, xdg, "LOCALAPPDATA", "Local");
  return path.join(base, "latchkey", ...(context.platform === "win32" ? ["cache"] : []));
}

/**
 * The XDG Base Directory Specification says of a relative path in its variables: ignore it. Windows has known folders
 * instead.
 */
function basis(
  { environment, platform, homeDirectory }: PathContext,
  xdg: { readonly variable: string; readonly default: string },
  windowsVariable: string,
  windowsFolder: string,
) {
  const path = platform === "win32" ? win32 : posix;
  const variable = platform === "win32" ? windowsVariable : xdg.variable;
  const usual = platform === "win32" ? path.join("AppData", windowsFolder) : xdg.default;
  const value = environment[variable];
  const base = value !== undefined && path.isAbsolute(value) ? value : path.join(homeDirectory, usual);
  return { path, base };
}
