import { expect, test } from "@jest/globals";
import { cacheDirectoryOf, configFileOf, type PathContext, stateDirectoryOf } from "../../../sdk/node/paths.ts";

const linux: PathContext = { platform: "linux", homeDirectory: "/home/alice", environment: {} };
const windows: PathContext = { platform: "win32", homeDirectory: "C:\\Users\\alice", environment: {} };

test.each<[string, PathContext, string, string, string]>([
  [
    "Linux",
    linux,
    "/home/alice/.config/latchkey/config.json",
    "/home/alice/.local/state/latchkey",
    "/home/alice/.cache/latchkey",
  ],
  [
    "macOS, as most commands have it there",
    { ...linux, platform: "darwin", homeDirectory: "/Users/alice" },
    "/Users/alice/.config/latchkey/config.json",
    "/Users/alice/.local/state/latchkey",
    "/Users/alice/.cache/latchkey",
  ],
  [
    "Linux with XDG directories",
    {
      ...linux,
      environment: { XDG_CONFIG_HOME: "/etc/alice", XDG_STATE_HOME: "/var/alice", XDG_CACHE_HOME: "/tmp/alice" },
    },
    "/etc/alice/latchkey/config.json",
    "/var/alice/latchkey",
    "/tmp/alice/latchkey",
  ],
  [
    "XDG directories that are relative, which are to be ignored",
    { ...linux, environment: { XDG_CONFIG_HOME: "etc", XDG_STATE_HOME: "", XDG_CACHE_HOME: "../alice" } },
    "/home/alice/.config/latchkey/config.json",
    "/home/alice/.local/state/latchkey",
    "/home/alice/.cache/latchkey",
  ],
  [
    "Windows",
    { ...windows, environment: { APPDATA: "D:\\Roaming Data", LOCALAPPDATA: "D:\\Local" } },
    "D:\\Roaming Data\\latchkey\\config.json",
    "D:\\Local\\latchkey",
    "D:\\Local\\latchkey\\cache",
  ],
  [
    "Windows without its variables",
    windows,
    "C:\\Users\\alice\\AppData\\Roaming\\latchkey\\config.json",
    "C:\\Users\\alice\\AppData\\Local\\latchkey",
    "C:\\Users\\alice\\AppData\\Local\\latchkey\\cache",
  ],
  [
    "Windows on a share",
    { ...windows, environment: { APPDATA: "\\\\server\\alice" } },
    "\\\\server\\alice\\latchkey\\config.json",
    "C:\\Users\\alice\\AppData\\Local\\latchkey",
    "C:\\Users\\alice\\AppData\\Local\\latchkey\\cache",
  ],
])("on %s", (_, place, config, state, cache) => {
  expect([configFileOf(place), stateDirectoryOf(place), cacheDirectoryOf(place)]).toEqual([config, state, cache]);
});
