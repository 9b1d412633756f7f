import { posix, win32 } from "node:path";

/** What the places of the client's files go by. */
export interface Place {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeDirectory: string;
}

/** Where the config file is looked for, unless LATCHKEY_CONFIG names it. */
export function configFileOf(place: Place): string {
  const { path, base } = basis(place, { variable: "XDG_CONFIG_HOME", default: ".config" }, "APPDATA", "Roaming");
  return path.join(base, "latchkey", "config.json");
}

/** Where the client keeps what it has learnt, such as host keys. */
export function stateDirectoryOf(place: Place): string {
  const { path, base } = basis(place, { variable: "XDG_STATE_HOME", default: ".local/state" }, "LOCALAPPDATA", "Local");
  return path.join(base, "latchkey");
}

/** The XDG Base Directory Specification says of a relative path in its variables: ignore it. Windows has known folders instead. */
function basis(
  { environment, platform, homeDirectory }: Place,
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
