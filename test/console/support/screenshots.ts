import path from "node:path";
import type { Page } from "playwright-core";

const root = path.resolve(import.meta.dirname, "../../..");

/** The pages that the documentation shows. Pictures of the others are to be looked at. */
const shown = ["sign-in", "instances", "instance", "terminal", "ask", "request", "access", "review", "audit", "story"];

const looks = [
  { suffix: "light", theme: "light", width: 1280, height: 800 },
  { suffix: "dark", theme: "dark", width: 1280, height: 800 },
  { suffix: "narrow", theme: "light", width: 360, height: 720 },
] as const;

/**
 * Takes the pictures of a page: only `npm run screenshots` does. They are `docs/images/console-NAME-LOOK.png`, or else in
 * `build/screenshots/`.
 */
export async function takeScreenshots(page: Page, name: string): Promise<void> {
  if (process.env["LATCHKEY_WRITE_SCREENSHOTS"] !== "1") return;
  const directory = path.join(root, shown.includes(name) ? "docs/images" : "build/screenshots");
  const before = page.viewportSize();
  for (const { suffix, theme, width, height } of looks) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: path.join(directory, `console-${name}-${suffix}.png`), caret: "initial" });
  }
  await page.emulateMedia({ colorScheme: null });
  if (before) await page.setViewportSize(before);
}
