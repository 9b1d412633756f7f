import type { Instance, InstancePage } from "../../sdk/types.ts";
import type { Context } from "../command/context.ts";

/** What narrows the list: parameters of `GET /v1/instances`. */
export type InstanceFilter = Readonly<Record<string, string | undefined>>;

/** As many as a page may have. */
const pageSize = 100;

/** Whether an instance can still be connected to: EC2 goes on listing one that is terminated for an hour. */
export const isLasting = ({ state }: Pick<Instance, "state">) => !["shutting-down", "terminated"].includes(state);

interface Listing {
  /** Ends the list there. */
  readonly most?: number | undefined;
  /** Gets each page. */
  readonly onPage?: (page: InstancePage) => void;
}

/** The instances that the caller may view, page after page: a page may be short, or empty, while there are more. */
export async function listInstances(
  context: Pick<Context, "api" | "signal">,
  filter: InstanceFilter = {},
  { most = Number.POSITIVE_INFINITY, onPage }: Listing = {},
): Promise<readonly Instance[]> {
  const api = await context.api();
  const found: Instance[] = [];
  let cursor: string | undefined;
  do {
    const query = { ...filter, limit: pageSize, cursor };
    const page = await api.call("listInstances", query, { signal: context.signal });
    onPage?.(page);
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && found.length < most);
  return found.slice(0, most);
}
