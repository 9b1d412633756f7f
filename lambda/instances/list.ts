import type { Caller } from "../../contract/caller.ts";
import type { InstancePage } from "../../contract/instance.ts";
import { mayView } from "../policy/authorize.ts";
import type { Instance } from "../shared/instance.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { type InstanceCursor, readCursor, writeCursor } from "./cursor.ts";
import { readDecidingImages } from "./image-names.ts";
import type { FoundInstances, InstancePorts, InstanceQuery } from "./ports.ts";
import { type InstanceSettings, instanceResponse } from "./response.ts";

export interface ListInstancesInput extends Pick<InstanceQuery, "name" | "tags"> {
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
 * One page of the instances that the caller may view. It comes from one page of the search, so it may be short or empty even if
 * `nextCursor` says that more follow.
 *
 * @throws Problem `invalid-request` for a cursor that is not valid; and as the ports do.
 */
export async function listInstances(
  ports: Omit<InstancePorts, "instances">,
  settings: InstanceSettings & { readonly region: string },
  input: ListInstancesInput,
  { deadline: { signal } }: RequestContext,
): Promise<InstancePage> {
  const { caller, name, tags, limit, accountId, region = settings.region } = input;
  const cursor = readCursor(input.cursor);
  if (region !== settings.region) return { items: [] };

  const pageSize = Math.max(limit, leastPageSize);
  const [policy, page, endpoints] = await Promise.all([
    ports.policy,
    ports.search.findInstances({ name, tags, pageSize, token: cursor.token }, signal),
    ports.network.describeEndpoints(signal),
  ]);
  const isWanted = (instance: Instance) =>
    (accountId === undefined || instance.accountId === accountId) && mayView(policy, caller, instance);
  const { wanted, next } = take(page, cursor, limit, isWanted);

  const [hostKeys, imageNames] = await Promise.all([
    wanted.length > 0 ? ports.hostKeys.readHostKeys(wanted, signal) : new Map(),
    readDecidingImages(ports.network, wanted, signal),
  ]);
  return {
    items: wanted.map((instance) => instanceResponse(instance, { endpoints, hostKeys, imageNames }, settings)),
    ...(next && { nextCursor: writeCursor(next) }),
  };
}

/** Up to `limit` instances of the found page, from the cursor on, and the cursor of the next page. */
function take(
  { instances, nextToken }: FoundInstances,
  { token, skip }: InstanceCursor,
  limit: number,
  isWanted: (instance: Instance) => boolean,
): { wanted: Instance[]; next: InstanceCursor | undefined } {
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
