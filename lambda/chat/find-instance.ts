import { isIP } from "node:net";
import type { Caller } from "../../contract/caller.ts";
import { instanceId } from "../../contract/fields.ts";
import type { InstanceResponse } from "../../contract/instance.ts";
import { isHostName, splitPlace } from "../../contract/place.ts";
import type { ListInstancesInput } from "../instances/list.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { Message } from "./chat.ts";
import type { ApiStories } from "./ports.ts";
import { instanceWords } from "./words.ts";

/** The instance that somebody means, and the OS user if they have named one with it. */
export interface FoundInstance {
  readonly instance: InstanceResponse;
  readonly osUser?: string | undefined;
}

/**
 * Finds an instance among those that the caller may see, by what they call it: `[user@]instance[@ACCOUNT/REGION]`, in which the
 * instance is an id, an address, or a Name tag, exactly. The `latchkey` command reads it the same way.
 *
 * @returns what to tell the caller instead, if several have that name.
 * @throws Problem `instance-not-found`, and as the stories do.
 */
export async function findInstance(
  api: Pick<ApiStories, "getInstance" | "listInstances">,
  caller: Caller,
  text: string,
  context: RequestContext,
): Promise<FoundInstance | { readonly instead: Message }> {
  const { named, place } = splitPlace(text);
  for (const { instance, osUser } of readings(named)) {
    if (instanceId.safeParse(instance).success)
      return { instance: await api.getInstance({ caller, instanceId: instance, ...place }, context), osUser };
    const found = await look(api, { caller, ...filterFor(instance), ...place }, context);
    const [only, another] = found.filter(isLasting);
    if (only && another) return { instead: severalMessage(found.filter(isLasting)) };
    if (only) return { instance: only, osUser };
  }
  const near = await look(api, { caller, namePrefix: named.slice(0, longestName), ...place }, context);
  const names = [...new Set(near.filter(isLasting).flatMap(({ name }) => name ?? []))].slice(0, mostNamed);
  const hint = names.length === 0 ? "" : ` Did you mean ${names.join(" or ")}?`;
  throw new Problem("instance-not-found", { detail: `The instance does not exist, or you may not see it.${hint}` });
}

/** Characters of a tag's value. */
const longestName = 256;

/** Instances that are named, and pages that are read to find them. */
const mostNamed = 9;
const mostPages = 5;

/** The last `@` divides, as in ssh; a name may have one too. */
function readings(text: string): { readonly instance: string; readonly osUser?: string }[] {
  const at = text.lastIndexOf("@");
  const whole = { instance: text.slice(0, longestName) };
  return at > 0 ? [{ instance: text.slice(at + 1, at + 1 + longestName), osUser: text.slice(0, at) }, whole] : [whole];
}

/** A Name tag that looks like an address names nothing: anybody may have set it. */
const filterFor = (text: string) => (isIP(text) !== 0 || isHostName(text) ? { address: text } : { name: text });

async function look(
  { listInstances }: Pick<ApiStories, "listInstances">,
  filter: Omit<ListInstancesInput, "limit" | "tags" | "cursor">,
  context: RequestContext,
): Promise<readonly InstanceResponse[]> {
  const found: InstanceResponse[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { items, nextCursor } = await listInstances({ ...filter, limit: 100, tags: [], cursor }, context);
    found.push(...items);
    if (nextCursor === undefined) break;
    cursor = nextCursor;
  }
  return found;
}

/** EC2 goes on listing one that is terminated for an hour. */
const isLasting = ({ state }: InstanceResponse) => state !== "shutting-down" && state !== "terminated";

function severalMessage(found: readonly InstanceResponse[]): Message {
  return {
    title: "Which instance?",
    notes: [`${found.length} instances have that name. Name one by its id, such as ${found[0]?.instanceId}.`],
    facts: found.slice(0, mostNamed).map(({ instanceId: id, name, accountId, region, state }) => ({
      name: instanceWords(id, name),
      value: `${state}, of ${accountId} in ${region}`,
    })),
  };
}
