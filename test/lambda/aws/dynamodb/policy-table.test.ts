import { gzipSync } from "node:zlib";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { expect, test } from "@jest/globals";
import { policyKeeper, policyReader } from "../../../../lambda/aws/dynamodb/policy-table.ts";
import { digestOf, mostTextBytes, policyText } from "../../../../lambda/policy/policy-text.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { problemFrom } from "../../../support/problems.ts";

const table = useEmbeddedTable();
const { signal } = new AbortController();
const text = policyText({ schema: "schema", policies: { "dev-connect": "permit (principal, action, resource);" } });
const key = { pk: `policies#${digestOf(text)}`, sk: "policies" };
const read = (digest = digestOf(text)) => policyReader(boundTable).readPolicies(digest, signal);
/** Without any check. */
const put = (item: object) =>
  boundTable.client.send(new PutItemCommand({ TableName: boundTable.name, Item: marshall(item) }));
const keeper = () => policyKeeper(boundTable, async () => text);

test("policies are kept for ever, and read by their digest", async () => {
  await keeper().keepPolicies(signal);
  expect(await read()).toBe(text);
  expect(await read(`sha256:${"0".repeat(64)}`)).toBeUndefined();
  expect(await table.stored(key)).not.toHaveProperty("deleteAt");
});

test("what is kept is never replaced", async () => {
  const before = { ...key, v: 1, text: gzipSync("another") };
  await put(before);
  await keeper().keepPolicies(signal);
  expect(await table.stored(key)).toMatchObject({ text: before.text.toString("base64") });
});

test("they are written until that succeeds, and then no more", async () => {
  const { keepPolicies } = keeper();
  table.service.respondAlways(async () => ({ status: 400, body: '{"__type":"ValidationException"}' }));
  await expect(keepPolicies(signal)).rejects.toThrow();
  table.service.respondAlways(table.applied);
  await keepPolicies(signal);
  table.service.respondAlways(async () => ({ status: 400, body: '{"__type":"ValidationException"}' }));
  await keepPolicies(signal);
});

test.each<[sentence: string, item: object]>([
  ["a text of another digest", { text: gzipSync(text.replace("permit", "forbid")) }],
  ["bytes that are not compressed", { text: Buffer.from(text) }],
  ["more than fits into a response", { text: gzipSync(" ".repeat(mostTextBytes + 1)) }],
  ["no text", {}],
  ["an item of another format", { text: gzipSync(text), v: 2 }],
])("%s is not taken for the policies", async (_, item) => {
  await put({ ...key, v: 1, ...item });
  expect(await problemFrom(read)).toMatchObject({ code: "internal" });
});
