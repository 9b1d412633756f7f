import type { ClientRoute } from "./contract.ts";
import { InvalidInput } from "./errors.ts";
import { percentEncode } from "./sigv4.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Makes the URL and the body of a call: each field goes where the route takes it. The query is sorted by name, as it is signed.
 *
 * @param base the API's URL, without a slash at its end.
 * @throws InvalidInput if a parameter of the path would lead to another route.
 */
export function requestOf(
  base: string,
  { method, path, query }: ClientRoute,
  input: Fields,
): { url: URL; body: string } {
  const inPath = new Set<string>();
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    inPath.add(name);
    return percentEncode(pathSegment(name, String(input[name] ?? "")));
  });
  const others = Object.entries(input).filter(([name, value]) => !inPath.has(name) && value !== undefined);
  const isQuery = (name: string) => method === "GET" || query.includes(name);
  const pairs = others
    .filter(([name]) => isQuery(name))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(String(value))}`)
    .sort();
  const body = Object.fromEntries(others.filter(([name]) => !isQuery(name)));
  return {
    url: new URL(`${base}${filled}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}`),
    body: method === "GET" || Object.keys(body).length === 0 ? "" : JSON.stringify(body),
  };
}

/** URLs drop empty segments and dots. */
function pathSegment(name: string, value: string): string {
  if (!/^\.{0,2}$/.test(value)) return value;
  throw new InvalidInput(`${name} must not be ${value === "" ? "empty" : `"${value}"`}`);
}
