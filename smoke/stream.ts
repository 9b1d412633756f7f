import type { Connection } from "../sdk/types.ts";
import type { SmokeWorld } from "./world.ts";

/** Milliseconds between two looks, and how many there are: a minute in all. */
const interval = 2000;
const looks = 30;

/** Whether the events of a connection come from the table through its stream into the trail. */
export async function checkStream({ api, pause }: SmokeWorld, { connectionId }: Connection): Promise<string> {
  for (let look = 0; look < looks; look++) {
    if (look > 0) await pause(interval);
    const { items } = await api.call("listAuditEvents", { connectionId });
    if (items.length > 0)
      return `the trail has ${items
        .map(({ type }) => type)
        .toSorted()
        .join(" and ")}`;
  }
  throw new Error("the trail has no event of the connection after a minute, or policy does not permit you readAudit");
}
