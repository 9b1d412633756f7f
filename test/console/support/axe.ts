import type { AxeBuilder as AxeBuilderClass } from "@axe-core/playwright";
import { expect } from "@jest/globals";
import type { Page } from "playwright-core";
import { loadOnce } from "../../support/load-once.ts";

const { AxeBuilder } = loadOnce("@axe-core/playwright") as { AxeBuilder: typeof AxeBuilderClass };

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** The widths and themes in which each page must be right. */
const looks = [1280, 360].flatMap((width) => (["light", "dark"] as const).map((theme) => ({ width, theme })));

/**
 * Expects that axe finds nothing serious on the page, and that nothing is wider than the window: in both themes, on a desktop and on
 * a telephone.
 */
export async function expectAccessible(page: Page): Promise<void> {
  const before = page.viewportSize() ?? { width: 1280, height: 720 };
  const faults: string[] = [];
  for (const { width, theme } of looks) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height: before.height });
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const lines = serious.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
    );
    const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    if (overflow !== 0) lines.push(`the page is ${overflow} pixels wider than the window`);
    faults.push(...lines.map((line) => `${theme}, ${width} px: ${line}`));
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
  expect(faults).toEqual([]);
}
