import type { InstanceAddress } from "../ui/links.ts";

/** A page, and what its URL says of it. */
export type Route =
  | { readonly page: "instances" | "access" | "ask" | "reviews" | "audit" | "story"; readonly query: URLSearchParams }
  | { readonly page: "instance"; readonly address: InstanceAddress }
  | { readonly page: "terminals"; readonly number?: number | undefined }
  | { readonly page: "request"; readonly id: string }
  | { readonly page: "unknown" };

/**
 * Reads the fragment of a URL, as `ui/links.ts` makes it.
 *
 * @param fragment `location.hash`: `#/instances?name=web-1`
 */
export function readRoute(fragment: string): Route {
  const [path = "", search = ""] = fragment.replace(/^#\/?/, "").split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const [first = "", ...rest] = partsOf(path);
  const [second, third, fourth] = rest;
  const pages: Readonly<Record<string, Route | undefined>> = {
    "": { page: "instances", query },
    instances: { page: "instances", query },
    "instances/1": second && { page: "instance", address: { instanceId: second } },
    "instances/3": fourth && { page: "instance", address: { accountId: second, region: third, instanceId: fourth } },
    terminals: { page: "terminals" },
    "terminals/1": /^[0-9]{1,4}$/.test(second ?? "") && { page: "terminals", number: Number(second) },
    access: { page: "access", query },
    "access/1": second === "new" && { page: "ask", query },
    "requests/1": second && { page: "request", id: second },
    reviews: { page: "reviews", query },
    audit: { page: "audit", query },
    "audit/1": second === "story" && { page: "story", query },
  } as Record<string, Route | undefined>;
  const name = rest.length === 0 ? first : `${first}/${rest.length}`;
  return (Object.hasOwn(pages, name) && pages[name]) || { page: "unknown" };
}

function partsOf(path: string): readonly string[] {
  try {
    return path.split("/").map(decodeURIComponent);
  } catch {
    return ["?"]; // no page of ours
  }
}
