import { beforeEach, describe, expect, test } from "@jest/globals";
import type { SQSRecord } from "aws-lambda";
import type { BootReader } from "../../../lambda/host-keys/capture.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { type Target, type TargetKey, targetKey } from "../../../lambda/shared/target.ts";
import { secondsAfter } from "../../../lambda/shared/time.ts";
import { knownTargets } from "../../../lambda/targets/known-targets.ts";
import { locator } from "../../../lambda/targets/locate.ts";
import { type CaptureBatchPorts, captureBatch } from "../../../lambda/workers/capture-batch.ts";
import { bootLog } from "../../../local/instances/boot-log.ts";
import { runningEvent } from "../../../local/instances/state-change-event.ts";
import { fingerprints, keys } from "../../fixtures/keys.ts";
import { FakeHostKeyStore } from "../../support/fake-host-key-store.ts";
import { testContext } from "../../support/test-context.ts";

const [web, db] = ["i-0123456789abcdef0", "i-0d0000000000000a1"];
const sentAt = new Date("2026-01-02T03:04:05.000Z");
const event = (instanceId = web, target?: TargetKey) => runningEvent(instanceId, sentAt, target);
const own: Target = { partition: "aws", accountId: "111122223333", region: "us-east-1" };
const far = { accountId: "444455556666", region: "eu-west-1" };
const ofUnit = { accountId: "777788889999", region: "eu-north-1" };
const known = knownTargets(own, {
  externalId: "latchkey",
  rolePath: "/",
  accounts: [{ account: far.accountId, regions: [far.region] }],
  organizationalUnits: [{ id: "ou-ab12-cdefgh34", regions: [ofUnit.region] }],
});

const message = (messageId: string, body: unknown = event()): SQSRecord => ({
  messageId,
  receiptHandle: "receipt-1",
  body: typeof body === "string" ? body : JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: "1",
    SentTimestamp: String(sentAt.getTime()),
    SenderId: "events",
    ApproximateFirstReceiveTimestamp: String(sentAt.getTime()),
  },
  messageAttributes: {},
  md5OfBody: "",
  eventSource: "aws:sqs",
  eventSourceARN: "arn:aws:sqs:us-east-1:111122223333:starts",
  awsRegion: "us-east-1",
});

let now: Date;
let consoles: Map<string, string>;
let looked: string[];
let admits: (target: Target) => Promise<boolean>;
let hostKeys: FakeHostKeyStore;
beforeEach(() => {
  now = secondsAfter(sentAt, 60);
  consoles = new Map([[web, bootLog("web-1", [keys.ed25519], sentAt)]]);
  looked = [];
  admits = async () => false;
  hostKeys = new FakeHostKeyStore(web);
});

function run(messages: readonly SQSRecord[], boots: Partial<BootReader> = {}) {
  const ports: CaptureBatchPorts = {
    locate: locator({ known, admits: (target) => admits(target) }),
    bootsIn: (target) => ({
      readConsole: async (instanceId) => {
        looked.push(`${targetKey(target)}/${instanceId}`);
        return { text: consoles.get(instanceId) ?? "", updatedAt: now };
      },
      readStarts: async () => ({ first: sentAt, last: sentAt }),
      ...boots,
    }),
    hostKeys,
  };
  return captureBatch(ports, messages, testContext({ clock: () => now }));
}

describe("a message is dropped, and nothing is looked at, that", () => {
  const { detail, ...rest } = event();
  test.each<[sentence: string, body: unknown]>([
    ["is empty", ""],
    ["is no JSON", "{"],
    ["is null", "null"],
    ["is another event of EC2's", { ...event(), "detail-type": "EC2 Spot Instance Interruption Warning" }],
    ["is of another source", { ...event(), source: "my.app" }],
    ["has no detail", rest],
    ["tells of an instance that stops", { ...rest, detail: { ...detail, state: "stopping" } }],
    ["tells of no instance", { ...rest, detail: { state: "running" } }],
    ["tells of what is no instance's id", event("i-0123456789abcdef0/../x")],
    ["tells of an id in capitals", event("i-0123456789ABCDEF0")],
    ["is of no account", { ...event(), account: "444455556666/role" }],
    ["is of no region", { ...event(), region: "eu-west-1.example.com" }],
    ["has a time that is none", { ...event(), time: "yesterday" }],
  ])("%s", async (_, body) => {
    const { batchItemFailures, outcomes } = await run([message("m1", body)]);
    expect(outcomes).toEqual([{ messageId: "m1", outcome: "malformed" }]);
    expect([batchItemFailures, looked]).toEqual([[], []]);
  });
});

describe("a message is dropped and counted, and nothing is looked at, that is of", () => {
  test.each<[sentence: string, target: TargetKey]>([
    ["an account that is not served", { ...far, accountId: "999900001111" }],
    ["a region in which its account is not served", { ...far, region: "us-east-1" }],
    ["another region of the stack's own account", { ...own, region: "eu-west-1" }],
    ["an account of no unit, in a region that units have", ofUnit],
  ])("%s", async (_, target) => {
    const { batchItemFailures, outcomes, counts } = await run([message("m1", event(web, target))]);
    expect(outcomes).toEqual([{ messageId: "m1", instanceId: web, outcome: "unknown-target" }]);
    expect(counts.StartsIgnored).toBe(1);
    expect([batchItemFailures, looked]).toEqual([[], []]);
  });
});

describe("the console is read in the account and region that EventBridge stamped:", () => {
  test.each<[sentence: string, target: TargetKey]>([
    ["the stack's own", own],
    ["a listed target", far],
    ["a unit's account that admits the hub", ofUnit],
  ])("%s", async (_, target) => {
    admits = async () => true;
    const { outcomes } = await run([message("m1", event(db, target))]);
    expect(outcomes).toMatchObject([{ outcome: "pending" }]);
    expect(looked).toEqual([`${targetKey(target)}/${db}`]);
  });

  test("the detail names another one, which changes nothing", async () => {
    const forged = event(db, far);
    const detail = { ...forged.detail, account: own.accountId, accountId: own.accountId, region: own.region };
    await run([message("m1", { ...forged, resources: event(db).resources, detail })]);
    expect(looked).toEqual([`${targetKey(far)}/${db}`]);
  });
});

describe("a message comes again", () => {
  test("if its target denies, even a unit's account that has admitted the hub", async () => {
    admits = async () => true;
    const denied = { readConsole: () => Promise.reject(new Problem("aws-refused")) };
    const messages = [message("m1", event(web, far)), message("m2", event(web, ofUnit))];
    const { batchItemFailures, counts } = await run(messages, denied);
    expect(batchItemFailures).toEqual([{ itemIdentifier: "m1" }, { itemIdentifier: "m2" }]);
    expect(counts.StartsIgnored).toBe(0);
  });

  test("if nobody can tell whether a unit's account admits the hub", async () => {
    admits = () => Promise.reject(new Problem("upstream-unavailable"));
    const { batchItemFailures } = await run([message("m1", event(web, ofUnit))]);
    expect([batchItemFailures, looked]).toEqual([[{ itemIdentifier: "m1" }], []]);
  });

  test("if something went wrong, however old it is", async () => {
    now = secondsAfter(sentAt, 6000);
    const fault = { readConsole: () => Promise.reject(new Problem("upstream-unavailable")) };
    const { batchItemFailures, failures, outcomes } = await run([message("m1")], fault);
    expect(batchItemFailures).toEqual([{ itemIdentifier: "m1" }]);
    expect(failures).toEqual([expect.objectContaining({ step: "capture", item: "m1", code: "upstream-unavailable" })]);
    expect(outcomes).toEqual([]);
  });

  test.each<[sentence: string, age: number, comesAgain: boolean, outcome: string]>([
    ["if the console does not show keys yet", 599, true, "pending"],
    ["but not ten minutes after the queue got it: then it is given up, quietly", 600, false, "given-up"],
  ])("%s", async (_, age, comesAgain, outcome) => {
    now = secondsAfter(sentAt, age);
    const { batchItemFailures, failures, outcomes } = await run([message("m1", event(db))]);
    expect(batchItemFailures).toEqual(comesAgain ? [{ itemIdentifier: "m1" }] : []);
    expect(outcomes).toEqual([{ messageId: "m1", instanceId: db, outcome, why: "no-block" }]);
    expect(failures).toEqual([]);
  });

  test("independently of the others", async () => {
    const { batchItemFailures, outcomes, counts } = await run([
      message("m1", event(db)),
      message("m2"),
      message("m3", ""),
    ]);
    expect(batchItemFailures).toEqual([{ itemIdentifier: "m1" }]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["pending", "captured", "malformed"]);
    expect(counts).toEqual({ HostKeysCaptured: 1, HostKeysChanged: 0, HostKeysRefused: 0, StartsIgnored: 0 });
  });
});

describe("a message is done", () => {
  test("when the keys are taken, also late", async () => {
    now = secondsAfter(sentAt, 6000);
    const { batchItemFailures, outcomes } = await run([message("m1")]);
    expect(batchItemFailures).toEqual([]);
    expect(outcomes).toEqual([
      { messageId: "m1", instanceId: web, outcome: "captured", fingerprints: [fingerprints.ed25519] },
    ]);
  });

  test("when they are refused, which is counted", async () => {
    consoles.set(web, `${consoles.get(web)}\n${bootLog("web-1", [keys.otherEd25519], sentAt)}`);
    const { batchItemFailures, outcomes, counts } = await run([message("m1")]);
    expect(batchItemFailures).toEqual([]);
    expect(outcomes).toEqual([{ messageId: "m1", instanceId: web, outcome: "refused", why: "conflicting-blocks" }]);
    expect(counts).toEqual({ HostKeysCaptured: 0, HostKeysChanged: 0, HostKeysRefused: 1, StartsIgnored: 0 });
  });

  test("when they are others than before, which is counted", async () => {
    const known = { key: keys.otherEd25519, source: "console", observedAt: sentAt.toISOString() } as const;
    hostKeys = new FakeHostKeyStore(web, [known], 1);
    const { batchItemFailures, counts } = await run([message("m1")]);
    expect(batchItemFailures).toEqual([]);
    expect(counts).toEqual({ HostKeysCaptured: 0, HostKeysChanged: 1, HostKeysRefused: 0, StartsIgnored: 0 });
  });

  test("twice, where the same event came twice: the second finds the keys known", async () => {
    const { batchItemFailures, counts } = await run([message("m1"), message("m2")]);
    expect(batchItemFailures).toEqual([]);
    expect(counts.HostKeysCaptured).toBe(1);
  });
});

test("the log has no word of the console's", async () => {
  consoles.set(web, `password is hunter2\n${consoles.get(web)}\n-----END SSH HOST KEY KEYS-----\n`);
  expect(JSON.stringify(await run([message("m1")]))).not.toContain("hunter2");
});
