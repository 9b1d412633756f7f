import type { Page } from "playwright-core";

/** Signs in with two clicks: at the console, and at the provider. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Sign in" }).click();
  await signInAtProvider(page, name);
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

/** The one click at the provider. */
export const signInAtProvider = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name: new RegExp(`^${name} `) }).click();

/** Resolves when the page waits for nothing any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1").first().waitFor();
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
}
