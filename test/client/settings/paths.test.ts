import { expect, test } from "@jest/globals";
import { configFileOf, type PathContext, stateDirectoryOf } from "../../../client/settings/paths.ts";

const linux: PathContext = { platform: "linux", homeDirectory: "/home/alice", environment: {} };
const windows: PathContext = { platform: "win32", homeDirectory: "C:\\Users\\alice", environment: {} };

test.each<[string, PathContext, string, string]>([
  ["Linux", linux, "/home/alice/.config/latchkey/config.json", "/home/alice/.local/state/latchkey"],
  [
    "macOS, as most commands have it there",
    { ...linux, platform: "darwin", homeDirectory: "/Users/alice" },
    "/Users/alice/.config/latchkey/config.json",
    "/Users/alice/.local/state/latchkey",
  ],
  [
    "Linux with XDG directories",
    { ...linux, environment: { XDG_CONFIG_HOME: "/etc/alice", XDG_STATE_HOME: "/var/alice" } },
    "/etc/alice/latchkey/config.json",
    "/var/alice/latchkey",
  ],
  [
    "XDG directories that are relative, which are to be ignored",
    { ...linux, environment: { XDG_CONFIG_HOME: "etc", XDG_STATE_HOME: "" } },
    "/home/alice/.config/latchkey/config.json",
    "/home/alice/.local/state/latchkey",
  ],
  [
    "Windows",
    { ...windows, environment: { APPDATA: "D:\\Roaming Data", LOCALAPPDATA: "D:\\Local" } },
    "D:\\Roaming Data\\latchkey\\config.json",
    "D:\\Local\\latchkey",
  ],
  [
    "Windows without its variables",
    windows,
    "C:\\Users\\alice\\AppData\\Roaming\\latchkey\\config.json",
    "C:\\Users\\alice\\AppData\\Local\\latchkey",
  ],
  [
    "Windows on a share",
    { ...windows, environment: { APPDATA: "\\\\server\\alice" } },
    "\\\\server\\alice\\latchkey\\config.json",
    "C:\\Users\\alice\\AppData\\Local\\latchkey",
  ],
])("on %s", (_, place, config, state) => {
  expect([configFileOf(place), stateDirectoryOf(place)]).toEqual([config, state]);
});
