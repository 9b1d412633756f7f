import { isLoopback } from "../../sdk/loopback.ts";

/**
 * Reads the API's URL.
 *
 * @returns it without slashes at its end, or what is wrong with it: half a sentence that does not repeat it, since it may hold a
 * password.
 */
export function readApiUrl(text: string): { readonly url: string } | { readonly fault: string } {
  if (!URL.canParse(text)) return { fault: "is not a URL" };
  const url = new URL(text);
  const isLocal = url.protocol === "http:" && isLoopback(url.hostname);
  if (url.protocol === "http:" && !isLocal)
    return { fault: "must begin with https://, or the way to it is open to all" };
  if (url.protocol !== "https:" && !isLocal) return { fault: "must begin with https://" };
  if (url.username !== "" || url.password !== "") return { fault: "must not hold credentials" };
  if (url.search !== "" || url.hash !== "" || /[?#]/.test(text))
    return { fault: "must end with its path: no ? and no #" };
  return { url: url.href.replace(/\/+$/, "") };
}
