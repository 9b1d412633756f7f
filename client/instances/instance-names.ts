import { isIP } from "node:net";
import { isHostName } from "../../contract/place.ts";
import contract from "../../sdk/contract.ts";
import { fits } from "../../sdk/json-schema.ts";
import { visible } from "../terminal/terminal.ts";

/** Whether it is an instance's id, as the API takes it. */
export const isInstanceId = (text: string) => fits(contract.instanceId, text);

/** An IP address, or one of the names that AWS gives hosts; never a Name tag, which anybody may have set to it. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0 || isHostName(text);
}

/**
 * Whether a Name tag is read as that name alone, wherever a command line names an instance: also before a colon of
 * scp's, which on Windows ends a drive behind one letter, and after it was printed.
 */
export const isPlainName = (name: string) =>
  /^(?!-)[^@:/\\[\]]{2,}$/.test(name) && visible(name) === name && !isInstanceId(name) && !isAddress(name);
