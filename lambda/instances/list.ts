import type { InstancePage } from "../../contract/instance.ts";
import type { Routes } from "../../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import { mayView } from "../policy/authorize.ts";
import type { Instance } from "../shared/instance.ts";
import { type InstanceCursor, readCursor, writeCursor } from "./cursor.ts";
import { readDecidingImages } from "./image-names.ts";
import type { InstancePorts } from "./ports.ts";
import { type InstanceSettings, instanceResponse } from "./response.ts";

/** EC2's own least page size. */
const leastPageSize = 5;

/**
 * One page of the instances that the caller may view. It comes out of one of EC2's pages, so it may be short, or even
 * empty, while there are more: `nextCursor` tells.
 *
 * @throws Problem `invalid-request` for a cursor that is not ours; AWS's faults as the ports throw them.
 */
export async function listInstances(
  ports: InstancePorts,
  settings: InstanceSettings & { readonly region: string },
  { caller, query, deadline: { signal } }: ApiRequest<Routes["listInstances"]>,
): Promise<InstancePage> {
  const { name, tags, limit, accountId, region = settings.region } = query;
  const cursor = readCursor(query.cursor);
  if (region !== settings.region) return { items: [] };

  const pageSize = Math.max(limit, leastPageSize);
  const [policy, page, endpoints] = await Promise.all([
    ports.policy,
    ports.describePage({ name, tags, pageSize, token: cursor.token }, signal),
    ports.describeEndpoints(signal),
  ]);
  const isWanted = (instance: Instance) =>
    (accountId === undefined || instance.accountId === accountId) && mayView(policy, caller, instance);
  const { wanted, next } = take(page, cursor, limit, isWanted);

  const ids = wanted.map(({ instanceId }) => instanceId);
  const [hostKeys, imageNames] = await Promise.all([
    ids.length > 0 ? ports.readHostKeys(ids, signal) : new Map(),
    readDecidingImages(ports, wanted, signal),
  ]);
  return {
    items: wanted.map((instance) =>
      instanceResponse(instance, endpoints, hostKeys.get(instance.instanceId) ?? [], imageNames, settings),
    ),
    ...(next && { nextCursor: writeCursor(next) }),
  };
}

/** Up to `limit` instances of EC2's page from where the cursor stands, and where the next page of ours begins. */
function take(
  { instances, nextToken }: { instances: readonly Instance[]; nextToken: string | undefined },
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
  // The same token may bring a shorter page than it did when the cursor was made: the rest is then in the next one.
  const stillToSkip = Math.max(0, skip - instances.length);
  return { wanted, next: nextToken ? { token: nextToken, skip: stillToSkip } : undefined };
}
