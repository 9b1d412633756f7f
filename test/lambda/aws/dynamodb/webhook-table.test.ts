import { expect, test } from "@jest/globals";
import { webhookTable } from "../../../../lambda/aws/dynamodb/webhook-table.ts";
import type { JsonCall } from "../../../../lambda/aws/json-calls.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";

const table = useEmbeddedTable();
const call: JsonCall = async (_, operation, input) => {
  const headers = { "x-amz-target": `DynamoDB_20120810.${operation}` };
  const response = await table.applied({ headers, body: JSON.stringify(input) });
  const { status, body = "{}" } = response as { readonly status?: number; readonly body?: string };
  if (status !== 200) throw Object.assign(new Error("refused"), { name: JSON.parse(body).__type.replace(/^.*#/, "") });
  return JSON.parse(body);
};
const gone = webhookTable(call, "latchkey");
const { signal } = new AbortController();
const [siem, moved] = ["?key=1", "?key=2"].map((query) => ({
  name: "siem",
  url: `https://siem.example.com/latchkey${query}`,
})) as [{ name: string; url: string }, { name: string; url: string }];
const at = new Date("2026-01-02T03:04:05.678Z");
const key = { pk: "webhook#siem", sk: "webhook" };

test("a receiver is gone once it is marked, and no other subscription's", async () => {
  expect(await gone.isGone(siem, signal)).toBe(false);
  await gone.markGone(siem, at, signal);
  expect(await gone.isGone(siem, signal)).toBe(true);
  expect(await gone.isGone({ ...siem, name: "tickets" }, signal)).toBe(false);
});

test("a receiver with another URL is not gone, and may be in its turn", async () => {
  await gone.markGone(siem, at, signal);
  expect(await gone.isGone(moved, signal)).toBe(false);
  await gone.markGone(moved, at, signal);
  expect(await gone.isGone(moved, signal)).toBe(true);
});

test("the item does not have the URL, which may hold a secret", async () => {
  await gone.markGone(siem, at, signal);
  expect(await table.stored(key)).toEqual({
    ...key,
    ...{ v: 1, goneAt: at.toISOString(), url: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
});

test("an item of another format is not replaced, and nobody is gone by it", async () => {
  await table.seed([{ ...key, v: 2 }]);
  await expect(gone.markGone(siem, at, signal)).rejects.toMatchObject({ code: "upstream-failure" });
  expect(await gone.isGone(siem, signal)).toBe(false);
});
