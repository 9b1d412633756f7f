import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { inventoryReader } from "../../lambda/aws/dynamodb/inventory-reads.ts";
import { inventoryStore } from "../../lambda/aws/dynamodb/inventory-table.ts";
import { tableOf } from "../../lambda/aws/dynamodb/table.ts";
import { indexRows } from "../../lambda/inventory/rows.ts";
import { type Instance, instanceKey } from "../../lambda/shared/instance.ts";
import { later } from "../support/access-requests.ts";
import { respondToCalls } from "../support/bound-table.ts";
import { testProperty } from "../support/property.ts";
import { makeQuickTable } from "../support/quick-table.ts";
import { web } from "../support/samples.ts";
import type { ScriptedResponse } from "../support/scripted-server.ts";

const { signal } = new AbortController();

/** What a writer observes, and when it stops because its function ends: after so many requests. */
const writers = fc.array(
  fc.record({
    at: fc.nat({ max: 5 }),
    name: fc.option(fc.constantFrom("a", "b"), { nil: undefined }),
    env: fc.constantFrom("dev", "prod"),
    state: fc.constantFrom("running", "stopped"),
    indexedTags: fc.constantFrom(["env"], ["env", "Name"]),
    requests: fc.oneof({ weight: 3, arbitrary: fc.constant(Infinity) }, fc.nat({ max: 20 })),
  }),
  { minLength: 2, maxLength: 5 },
);

describe("writers of the inventory", () => {
  testProperty(
    "lose no row by which an instance is found, and no newer observation, in any order of their requests, even if some end in between",
    { small: 40, large: 200 },
    fc.asyncProperty(writers, fc.scheduler(), async (each, scheduler) => {
      const quick = makeQuickTable();
      const apply = async (target: string, body: string): Promise<ScriptedResponse> => {
        const { status, output } = await quick.send(target, JSON.parse(body));
        return { status, body: JSON.stringify(output) };
      };
      const tableFor = (requests: number, turn: () => Promise<unknown>) => {
        const table = tableOf({ region: "us-east-1" }, "inventory");
        let left = requests;
        respondToCalls(async ({ headers, body }) => {
          await turn();
          left -= 1;
          if (left < 0) return { status: 400, body: JSON.stringify({ __type: "AccessDeniedException" }) };
          return apply(String(headers["x-amz-target"]), body);
        }, table);
        return table;
      };
      const writes = each.map(async ({ at, name, env, state, indexedTags, requests }) => {
        const table = tableFor(requests, () => scheduler.schedule(Promise.resolve()));
        const store = inventoryStore({ ...table, indexedTags });
        const instance: Instance = { ...web, state, tags: { Name: name ?? "", env } };
        const done = name ? store.remember([instance], later(at), signal) : store.forget([web], later(at), signal);
        return done.then(
          () => ({ at, isGone: name === undefined }),
          () => undefined,
        );
      });
      const ended = (await scheduler.waitFor(Promise.all(writes))).flatMap((one) => (one ? [one] : []));

      const free = tableFor(Infinity, async () => {});
      const known = (await inventoryReader(free).readObserved([web], signal)).get(instanceKey(web));
      const newest = Math.max(-1, ...ended.filter(({ isGone }) => !isGone).map(({ at }) => at));
      const isForgottenLater = each.some(({ at, name }) => name === undefined && at >= newest);
      const contents = each.map(({ name, env, state, indexedTags }) => String([name, env, state, indexedTags]));
      // An observation of what is known already is not written, and so not known to be newer than one that is on its way.
      const isEachNew = new Set(contents).size === contents.length;
      if (newest >= 0 && !isForgottenLater && isEachNew)
        expect(known?.observedAt.getTime()).toBeGreaterThanOrEqual(+later(newest));
      if (!known) return;
      const item = await quick.send("DynamoDB_20120810.GetItem", {
        Key: { pk: { S: `instance#${instanceKey(web)}` }, sk: { S: "instance" } },
      });
      const { indexedTags } = item.output["Item"] as { indexedTags: { L: readonly { S: string }[] } };
      const rows = indexRows(
        known.instance,
        indexedTags.L.map(({ S }) => S),
      );
      const missing = [];
      for (const { pk, sk } of rows) {
        const found = await quick.send("DynamoDB_20120810.GetItem", { Key: { pk: { S: pk }, sk: { S: sk } } });
        if (!found.output["Item"]) missing.push(pk);
      }
      expect(missing).toEqual([]);
    }),
  );
});
