import type { Browser } from "playwright-core";
import { loadOnce } from "../../support/load-once.ts";
import { whereIs } from "../../support/programs.ts";

const { chromium } = loadOnce("playwright-core") as typeof import("playwright-core");

/** Debian's Chromium, without a window. For root there is no sandbox. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: whereIs("chromium") ?? "chromium", args: ["--no-sandbox"] });
