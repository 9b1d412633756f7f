import * as fields from "../contract/fields.ts";
import type { Instance } from "./instance.ts";

const osUserTag = "latchkey:os-user";

/** The OS user where the caller names none: the instance's tag, where it holds a possible name, else the stack's setting. */
export function defaultOsUser({ tags }: Pick<Instance, "tags">, setting: string): string {
  const tagged = fields.osUser.safeParse(tags[osUserTag]);
  return tagged.success ? tagged.data : setting;
}
