import path from "node:path";
import type { Page } from "playwright-core";

const images = path.resolve(import.meta.dirname, "../../../docs/images");

const looks = [
  { suffix: "light", theme: "light", width: 1280, height: 800 },
  { suffix: "dark", theme: "dark", width: 1280, height: 800 },
  { suffix: "narrow", theme: "light", width: 360, height: 720 },
] as const;

/** Takes the pictures of a page for the documentation: only `npm run screenshots` does. @param name `console-NAME-LOOK.png` */
export async function takeScreenshots(page: Page, name: string): Promise<void> {
  if (process.env["LATCHKEY_WRITE_SCREENSHOTS"] !== "1") return;
  const before = page.viewportSize();
  for (const { suffix, theme, width, height } of looks) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: path.join(images, `console-${name}-${suffix}.png`), caret: "initial" });
  }
  await page.emulateMedia({ colorScheme: null });
  if (before) await page.setViewportSize(before);
}
