import type { Locator, Page } from "playwright-core";

/** More than any page has. */
const mostStops = 200;

/** Uses a page as people do who have no pointer. */
export function keyboardOf(page: Page) {
  const { keyboard } = page;
  /**
   * Waits for it, and presses Tab until it has the focus. A terminal keeps Tab for itself: before one, go back.
   *
   * @throws Error if that never happens, or if nobody sees that it has it.
   */
  const reach = async (target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> => {
    await target.waitFor();
    for (let stop = 0; stop < mostStops; stop++) {
      if (await target.evaluate(isFocused)) return;
      await keyboard.press(key);
    }
    throw new Error(`Tab never leads to ${target}`);
  };
  return {
    reach,
    press: (keys: string) => keyboard.press(keys),
    /** Reaches a link or a button, and presses Enter. */
    async activate(target: Locator): Promise<void> {
      await reach(target);
      await keyboard.press("Enter");
    },
    /** Reaches a field, and types in place of what it has. */
    async fill(target: Locator, text: string): Promise<void> {
      await reach(target);
      await keyboard.press("ControlOrMeta+a");
      await keyboard.type(text);
    },
  };
}

const isFocused = (element: { matches(selector: string): boolean }) => element.matches(":focus-visible");
