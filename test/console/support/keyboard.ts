import type { Locator, Page } from "playwright-core";

/** More than any page has. */
const mostStops = 200;

/** Uses a page as people do who have no pointer. */
export function keyboardOf(page: Page) {
  const { keyboard } = page;
  /** Presses Tab until it has the focus. @throws Error if that never happens, or if nobody sees that it has it */
  const reach = async (target: Locator): Promise<void> => {
    for (let stop = 0; stop < mostStops; stop++) {
      if ((await target.count()) === 1 && (await target.evaluate(isFocused))) return;
      await keyboard.press("Tab");
    }
    throw new Error(`Tab never leads to ${target}`);
  };
  return {
    reach,
    press: (keys: string) => keyboard.press(keys),
    type: (text: string) => keyboard.type(text),
    /** Reaches a link or a button, and presses Enter. */
    async activate(target: Locator): Promise<void> {
      await target.waitFor();
      await reach(target);
      await keyboard.press("Enter");
    },
    /** Reaches a field, and types in place of what it has. */
    async fill(target: Locator, text: string): Promise<void> {
      await target.waitFor();
      await reach(target);
      await keyboard.press("ControlOrMeta+a");
      await keyboard.type(text);
    },
  };
}

const isFocused = (element: { matches(selector: string): boolean }) => element.matches(":focus-visible");
