import type { Pending } from "./provider.ts";

/** What must outlive the way to the OpenID provider and back. It is no secret of anybody's, and goes on the return. */

const name = "latchkey.sign-in";

interface Kept extends Pending {
  /** The page to return to. */
  readonly fragment: string;
}

export function keepPending(kept: Kept): void {
  sessionStorage.setItem(name, JSON.stringify(kept));
}

export function takePending(): Kept | undefined {
  const text = sessionStorage.getItem(name);
  sessionStorage.removeItem(name);
  return text === null ? undefined : (JSON.parse(text) as Kept);
}

/** The query with which the provider has sent the browser back. */
export type Return = URLSearchParams;

/** Takes the provider's return out of the URL, code included. @returns undefined if the page was opened in any other way */
export function takeReturn(): Return | undefined {
  const returned = new URLSearchParams(location.search);
  if (!["state", "code", "error"].some((name) => returned.has(name))) return undefined;
  history.replaceState(null, "", location.pathname + location.hash);
  return returned;
}
