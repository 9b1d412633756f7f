import type { Caller } from "../../contract/caller.ts";
import type { InstancePage } from "../../contract/instance.ts";
import { mayReadOn } from "../lists/page-work.ts";
import { mayView } from "../policy/authorize.ts";
import type { Instance } from "../shared/instance.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { type InstanceCursor, readCursor, writeCursor } from "./cursor.ts";
import { readDecidingImages } from "./image-names.ts";
import type { FoundInstances, InstancePorts, InstanceQuery } from "./ports.ts";
import { type InstanceSettings, instanceResponse } from "./response.ts";

export interface ListInstancesInput extends Omit<InstanceQuery, "pageSize" | "token"> {
  readonly caller: Caller;
  readonly accountId?: string | undefined;
  /** Default: the stack's own. */
  readonly region?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** EC2's smallest page size. */
const leastPageSize = 5;

/**
 * One page of the instances that the caller may view. If its work is spent, it may be short or even empty while there are more:
 * `nextCursor` tells.
 *
 * @throws Problem `invalid-request` for a cursor that is not valid; and as the ports do.
 */
export async function listInstances(
  ports: Omit<InstancePorts, "instances">,
  settings: InstanceSettings & { readonly region: string },
  input: ListInstancesInput,
  context: RequestContext,
): Promise<InstancePage> {
  const { region = settings.region } = input;
  const { signal } = context.deadline;
  const cursor = readCursor(input.cursor);
  if (region !== settings.region) return { items: [] };

  const [{ wanted, next }, endpoints] = await Promise.all([
    findWanted(ports, input, cursor, context),
    ports.network.describeEndpoints(signal),
  ]);
  const [hostKeys, imageNames] = await Promise.all([
    wanted.length > 0 ? ports.hostKeys.readHostKeys(wanted, signal) : new Map(),
    readDecidingImages(ports.network, wanted, signal),
  ]);
  return {
    items: wanted.map((instance) => instanceResponse(instance, { endpoints, hostKeys, imageNames }, settings)),
    ...(next && { nextCursor: writeCursor(next) }),
  };
}

/** Instances of the list, and the cursor of the next page. */
interface Wanted {
  readonly wanted: readonly Instance[];
  readonly next: InstanceCursor | undefined;
}

/** Up to `limit` instances from the cursor on, from as many pages of the search as they need and one page's work allows. */
async function findWanted(
  ports: Pick<InstancePorts, "policy" | "search">,
  { caller, accountId, limit, name, namePrefix, address, state, tags }: ListInstancesInput,
  cursor: InstanceCursor,
  context: RequestContext,
): Promise<Wanted> {
  const pageSize = Math.max(limit, leastPageSize);
  const wanted: Instance[] = [];
  let next: InstanceCursor | undefined = cursor;
  for (let reads = 0; next && wanted.length < limit && mayReadOn(reads, context); reads += 1) {
    const query: InstanceQuery = { name, namePrefix, address, state, tags, pageSize, token: next.token };
    const found = ports.search.findInstances(query, context.deadline.signal);
    const [policy, page] = await Promise.all([ports.policy, found]);
    const taken: Wanted = take(
      page,
      next,
      limit - wanted.length,
      (instance) => (accountId === undefined || instance.accountId === accountId) && mayView(policy, caller, instance),
    );
    wanted.push(...taken.wanted);
    next = taken.next;
  }
  return { wanted, next };
}

/** Up to `limit` instances of the found page, from the cursor on. */
function take(
  { instances, nextToken }: FoundInstances,
  { token, skip }: InstanceCursor,
  limit: number,
  isWanted: (instance: Instance) => boolean,
): Wanted {
  const wanted: Instance[] = [];
  for (const [index, instance] of instances.entries()) {
    if (index < skip || !isWanted(instance)) continue;
    if (wanted.length === limit) return { wanted, next: { ...(token && { token }), skip: index } };
    wanted.push(instance);
  }
  // The same token may return a shorter page than it did when the cursor was made: the rest is then in the next one.
  const stillToSkip = Math.max(0, skip - instances.length);
  return { wanted, next: nextToken ? { token: nextToken, skip: stillToSkip } : undefined };
}
