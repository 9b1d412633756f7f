import { beforeEach, describe, expect, test } from "@jest/globals";
import { type BootReader, captureHostKeys, type InstanceStarts } from "../../../lambda/host-keys/capture.ts";
import type { StoredHostKey } from "../../../lambda/host-keys/stored-host-key.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { secondsAfter } from "../../../lambda/shared/time.ts";
import { bootLog, hostKeyBlock } from "../../../local/instances/boot-log.ts";
import { fingerprints, keys } from "../../fixtures/keys.ts";
import { FakeHostKeyStore } from "../../support/fake-host-key-store.ts";
import { place } from "../../support/samples.ts";
import { testContext } from "../../support/test-context.ts";

const instanceId = "i-0123456789abcdef0";
const startedAt = new Date("2026-01-02T03:04:05.000Z");
const now = secondsAfter(startedAt, 40);
const good = bootLog("web-1", [keys.ed25519], startedAt);
const other = bootLog("web-1", [keys.otherEd25519], startedAt);
const [begin = "", end = ""] = hostKeyBlock([]);
const stored = (key: string, source: StoredHostKey["source"]): StoredHostKey => ({
  key,
  source,
  observedAt: "2026-01-01T00:00:00.000Z",
});

let store: FakeHostKeyStore;
let world: { text: string; updatedAt: Date | undefined; starts: InstanceStarts | undefined; isThere: boolean };
beforeEach(() => {
  store = new FakeHostKeyStore(instanceId);
  world = { text: good, updatedAt: now, starts: { first: startedAt, last: startedAt }, isThere: true };
});

const capture = (boots: Partial<BootReader> = {}) =>
  captureHostKeys(
    {
      boots: {
        readConsole: async () => (world.isThere ? world : undefined),
        readStarts: async () => world.starts,
        ...boots,
      },
      hostKeys: store,
    },
    { ...place, instanceId, at: startedAt },
    testContext({ clock: () => now }),
  );

describe("nothing is written", () => {
  const { ed25519, otherEd25519 } = keys;
  const [known, registered] = [stored(ed25519, "console"), stored(otherEd25519, "registered")];

  test.each<[sentence: string, given: Partial<typeof world>, hostKeys: readonly StoredHostKey[], outcome: object]>([
    ["if there is no such instance", { isThere: false }, [], { outcome: "no-such-instance" }],
    ["if it is gone by the time of writing", { starts: undefined }, [], { outcome: "no-such-instance" }],
    ["of an empty console", { text: "" }, [], { outcome: "pending", why: "no-block" }],
    ["of half a block", { text: `${begin}\n` }, [], { outcome: "pending", why: "unfinished-block" }],
    [
      "of a block that the kernel's line has torn",
      { text: `${[begin, keys.ed25519, "[   12.1] eth0: link up", end].join("\n")}\n` },
      [],
      { outcome: "pending", why: "torn-block" },
    ],
    ["of a forged console", { text: `${good}\n${end}\n` }, [], { outcome: "refused", why: "beginning-cut-off" }],
    ["of two boots' blocks", { text: `${good}\n${other}` }, [], { outcome: "refused", why: "conflicting-blocks" }],
    ["of the keys that are known", {}, [known], { outcome: "known" }],
    [
      "of other keys than are known",
      { text: other },
      [known],
      { outcome: "changed", fingerprints: [expect.any(String)] },
    ],
    [
      "of a key more than is known",
      { text: bootLog("web-1", [keys.ecdsa, ed25519], startedAt) },
      [known],
      { outcome: "changed", fingerprints: [expect.any(String), fingerprints.ed25519] },
    ],
    ["of a key less than is known", {}, [known, stored(keys.ecdsa, "console")], { outcome: "changed" }],
    [
      "of other keys, though an operator has registered them",
      { text: other },
      [known, registered],
      { outcome: "changed" },
    ],
    [
      "if nothing is known, but the instance has run before",
      { starts: { first: secondsAfter(startedAt, -60), last: startedAt } },
      [],
      { outcome: "not-first-start" },
    ],
    [
      "if it has been started again meanwhile",
      { starts: { first: startedAt, last: secondsAfter(startedAt, 35) } },
      [],
      { outcome: "not-first-start" },
    ],
  ])("%s", async (_, given, hostKeys, outcome) => {
    Object.assign(world, given);
    store.record = { hostKeys, sequence: hostKeys.length };
    await expect(capture()).resolves.toMatchObject(outcome);
    expect(store.record).toEqual({ hostKeys, sequence: hostKeys.length });
    expect(store.events).toEqual([]);
  });

  test.each<[sentence: string, text: string]>([
    ["the keys that are known", good],
    ["other keys", other],
    ["a forged block", good + other],
  ])("and nothing is told of a later boot by an output from before it that shows %s", async (_, text) => {
    store.record = { hostKeys: [known], sequence: 1 };
    Object.assign(world, { text, updatedAt: secondsAfter(startedAt, -1) });
    await expect(capture()).resolves.toEqual({ outcome: "pending", why: "earlier-boot" });
    world.updatedAt = undefined;
    await expect(capture()).resolves.toEqual({ outcome: "pending", why: "earlier-boot" });
  });
});

describe("keys are captured", () => {
  test("at the first start, where none are known from a console, with an event", async () => {
    await expect(capture()).resolves.toEqual({ outcome: "captured", fingerprints: [fingerprints.ed25519] });
    expect(store.record).toEqual({
      hostKeys: [{ key: keys.ed25519, source: "console", observedAt: now.toISOString() }],
      sequence: 1,
    });
    expect(store.events).toEqual([
      {
        specversion: "1.0",
        id: `111122223333_us-east-1_${instanceId}-1`,
        source: "latchkey",
        type: "latchkey.host-keys.captured",
        subject: `instances/111122223333/us-east-1/${instanceId}`,
        time: now.toISOString(),
        data: {
          ...place,
          sequence: 1,
          actor: "latchkey",
          instanceId,
          hostKeyFingerprints: [fingerprints.ed25519],
          requestId: "request-1",
        },
      },
    ]);
  });

  test("all that a block has, beside those that an operator has registered", async () => {
    world.text = bootLog("web-1", [keys.ecdsa, keys.ed25519], startedAt);
    const registered = stored(keys.otherEd25519, "registered");
    store.record = { hostKeys: [registered], sequence: 4 };
    await expect(capture()).resolves.toMatchObject({ outcome: "captured" });
    expect(store.record.hostKeys).toEqual([
      registered,
      expect.objectContaining({ key: keys.ecdsa, source: "console" }),
      expect.objectContaining({ key: keys.ed25519, source: "console" }),
    ]);
    expect(store.events).toEqual([expect.objectContaining({ id: `111122223333_us-east-1_${instanceId}-5` })]);
  });

  test("if EC2's moments of the one start differ by seconds", async () => {
    world.starts = { first: secondsAfter(startedAt, 2), last: startedAt };
    await expect(capture()).resolves.toMatchObject({ outcome: "captured" });
  });

  test("also from an output that seems older than the start: it is of the first boot in any case", async () => {
    world.updatedAt = secondsAfter(startedAt, -1);
    await expect(capture()).resolves.toMatchObject({ outcome: "captured" });
  });

  test("after the console was read: what was read is then of the first boot alone", async () => {
    const order: string[] = [];
    await capture({
      readConsole: async () => {
        order.push("console");
        return world;
      },
      readStarts: async () => {
        order.push("starts");
        return world.starts;
      },
    });
    expect(order).toEqual(["console", "starts"]);
  });
});

describe("if somebody else writes meanwhile", () => {
  test("a registration is kept, and what was captured goes beside it", async () => {
    const registered = stored(keys.otherEd25519, "registered");
    store.meanwhile = () => {
      store.meanwhile = () => {};
      store.change([registered]);
    };
    await expect(capture()).resolves.toMatchObject({ outcome: "captured" });
    expect(store.record.hostKeys).toEqual([registered, expect.objectContaining({ key: keys.ed25519 })]);
    expect(store.record.sequence).toBe(2);
  });

  test.each<[sentence: string, key: string, outcome: string]>([
    ["the same capture is no second one", keys.ed25519, "known"],
    ["another capture stays", keys.otherEd25519, "changed"],
  ])("%s", async (_, key, outcome) => {
    store.meanwhile = () => {
      store.meanwhile = () => {};
      store.change([stored(key, "console")]);
    };
    await expect(capture()).resolves.toMatchObject({ outcome });
    expect(store.record.hostKeys).toEqual([stored(key, "console")]);
    expect(store.events).toEqual([]);
  });
});

test.each<[string, Partial<BootReader>]>([
  ["the console", { readConsole: () => Promise.reject(new Problem("upstream-unavailable")) }],
  ["the starts", { readStarts: () => Promise.reject(new Problem("upstream-unavailable")) }],
])("a fault in reading %s is a fault, and nothing is written", async (_, boots) => {
  await expect(capture(boots)).rejects.toMatchObject({ code: "upstream-unavailable" });
  expect(store.events).toEqual([]);
});
