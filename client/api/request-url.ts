import { percentEncode } from "../../sdk/sigv4.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

interface Parts {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
}

/**
 * The URL of one call: its query sorted by name, as it is signed.
 *
 * @param base the API's, without a slash at its end.
 * @param path as the route table has it: `/v1/instances/{instanceId}`.
 * @throws Failure `usage` for a parameter that would lead elsewhere.
 */
export function requestUrl(base: string, path: string, { params = {}, query = {} }: Parts): URL {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => percentEncode(partOfPath(String(params[name] ?? ""))));
  const pairs = Object.entries(query)
    .filter((pair): pair is [string, string] => pair[1] !== undefined)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .sort();
  return new URL(`${base}${filled}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}`);
}

/** A URL forgets empty parts and dots. */
function partOfPath(text: string): string {
  if (!/^\.{0,2}$/.test(text)) return text;
  throw new Failure(`${text === "" ? "an empty text" : visible(text)} is not an id`, { exitCode: exitCodes.usage });
}
