import type { Instance } from "../../sdk/types.ts";
import type { Context } from "../command/context.ts";

/** What narrows the list: parameters of `GET /v1/instances`. */
export type InstanceFilter = Readonly<Record<string, string | undefined>>;

/** As many as a page may have. */
const pageSize = 100;

/**
 * The instances that the caller may view, page after page: a page may be short, or empty, while there are more.
 *
 * @param most ends the list there.
 */
export async function listInstances(
  context: Pick<Context, "api" | "signal">,
  filter: InstanceFilter = {},
  most = Number.POSITIVE_INFINITY,
): Promise<readonly Instance[]> {
  const api = await context.api();
  const found: Instance[] = [];
  let cursor: string | undefined;
  do {
    const query = { ...filter, limit: pageSize, cursor };
    const page = await api.call("listInstances", query, { signal: context.signal });
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && found.length < most);
  return found.slice(0, most);
}
