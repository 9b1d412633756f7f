import type { Caller } from "../../sdk/types.ts";
import { api } from "./client.ts";

let asked: Promise<Caller> | undefined;

/** Who is signed in, as every decision sees them. Asked once: a page stays with one person. */
export function me(): Promise<Caller> {
  asked ??= api()
    .call("whoAmI")
    .catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
  return asked;
}
