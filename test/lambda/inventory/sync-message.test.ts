import { describe, expect, test } from "@jest/globals";
import { readSyncMessage } from "../../../lambda/inventory/sync-message.ts";
import { instanceEvent } from "../../support/sync-world.ts";

const web = { accountId: "111122223333", region: "us-east-1", instanceId: "i-0123456789abcdef0" };
const { instanceId: _, ...target } = web;
const arn = (resource: string) => `arn:aws:ec2:us-east-1:111122223333:${resource}`;
const page = { kind: "page", ...target, failures: 0 };
const next = { startedAt: "2026-01-02T03:04:05.000Z", token: "t", seen: "AA==" };

describe("a message is ignored that", () => {
  test.each<[sentence: string, message: unknown]>([
    ["is null", null],
    ["is a list", []],
    ["has another kind", { kind: "look", ...web }],
    ["is a page of no account", { ...page, accountId: "1234" }],
    ["is a page of no region", { ...page, region: "../eu-west-1" }],
    ["is a page with more than a page has", { ...page, role: "admin" }],
    ["is a page of a negative number of failures", { ...page, failures: -1 }],
    ["goes on from no time", { ...page, next: { ...next, startedAt: "yesterday" } }],
    ["goes on without a token", { ...page, next: { ...next, token: "" } }],
    ["has seen what is no base64", { ...page, next: { ...next, seen: "?" } }],
    ["starts syncs with no word about hurry", { kind: "start" }],
    ["is an event of another source", { ...instanceEvent(web), source: "aws.s3" }],
    ["is an event of a source of the account's own", { ...instanceEvent(web), source: "my.ec2" }],
    ["is an event without an account", { ...instanceEvent(web), account: undefined }],
    ["is an event of no region", { ...instanceEvent(web), region: "us-east-1/i-1" }],
    ["is an event about nothing", { ...instanceEvent(web), resources: [] }],
    [
      "is an event about two resources",
      { ...instanceEvent(web), resources: [arn("instance/i-1"), arn("instance/i-2")] },
    ],
    ["is an event about a volume", { ...instanceEvent(web), resources: [arn("volume/vol-1")] }],
    ["is an event about what is no instance's id", { ...instanceEvent(web), resources: [arn("instance/i-1/../x")] }],
    [
      "is an event about an id in capitals",
      { ...instanceEvent(web), resources: [arn("instance/i-0123456789ABCDEF0")] },
    ],
    [
      "is an event that names the instance in its detail alone",
      { ...instanceEvent(web), resources: [], detail: { "instance-id": web.instanceId } },
    ],
  ])("%s", (_, message) => expect(readSyncMessage(JSON.stringify(message))).toBeUndefined());

  test.each(["", "{", "start"])("is no JSON: %j", (text) => expect(readSyncMessage(text)).toBeUndefined());
});

test.each<[sentence: string, message: object]>([
  ["starts syncs", { kind: "start", hurry: false }],
  ["begins a target", page],
  ["goes on with a target", { ...page, next }],
  ["drops a target", { kind: "drop", ...target }],
])("a message %s", (_, message) => expect(readSyncMessage(JSON.stringify(message))).toEqual(message));

test.each<[sentence: string, event: object]>([
  ["a change of state", instanceEvent(web)],
  ["a change of tags", instanceEvent(web, "aws.tag")],
  [
    "an event whose detail names another instance",
    { ...instanceEvent(web), detail: { "instance-id": "i-0fedcba9876543210", state: "terminated" } },
  ],
  [
    "an event whose ARN is of another account and region",
    { ...instanceEvent(web), resources: [`arn:aws:ec2:eu-west-1:999999999999:instance/${web.instanceId}`] },
  ],
])("%s is a reason to look at the instance in the account and region that EventBridge wrote", (_, event) =>
  expect(readSyncMessage(JSON.stringify(event))).toEqual({ kind: "look", ...web }),
);
