import { describe, expect, test } from "@jest/globals";
import { hostKeyList } from "../../../contract/host-key.ts";
import { getHostKeys } from "../../../lambda/host-keys/get.ts";
import type { HostKeyPorts } from "../../../lambda/host-keys/ports.ts";
import { putHostKeys } from "../../../lambda/host-keys/put.ts";
import type { StoredHostKey } from "../../../lambda/host-keys/stored-host-key.ts";
import type { PolicyEngine } from "../../../lambda/policy/engine.ts";
import type { Instance } from "../../../lambda/shared/instance.ts";
import type { Precondition } from "../../../lambda/shared/precondition.ts";
import { hostKeyFingerprints, hostKeys as keys } from "../../fixtures/host-keys.ts";
import { FakeHostKeyStore } from "../../support/fake-host-key-store.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, place, web } from "../../support/samples.ts";
import { testContext } from "../../support/test-context.ts";

const [then, now] = ["2026-01-01T00:00:00.000Z", "2026-01-02T03:04:05.678Z"];
const registered: StoredHostKey = { key: keys.ed25519, source: "registered", observedAt: then };
const console: StoredHostKey = { key: keys.otherEd25519, source: "console", observedAt: then };

interface World {
  readonly store?: FakeHostKeyStore;
  readonly instance?: Instance | undefined;
  readonly policy?: PolicyEngine;
}

const portsOf = ({ store = new FakeHostKeyStore(web.instanceId), policy = fakePolicy(), ...world }: World) =>
  ({
    policy,
    findInstance: async ({ instanceId }) => {
      const instance = "instance" in world ? world.instance : web;
      return instance?.instanceId === instanceId ? instance : undefined;
    },
    store,
  }) satisfies HostKeyPorts;

const contextNow = () => testContext({ clock: () => new Date(now) });
const input = { caller: alice, instanceId: web.instanceId };
const get = (world: World, context = contextNow()) => getHostKeys(portsOf(world), input, context);
/** Replaces the version that there is, unless the test names another. */
const put = (
  world: World,
  texts: readonly string[],
  context = contextNow(),
  precondition: Precondition = { revisions: [String(world.store?.record.sequence ?? 0)] },
) => putHostKeys(portsOf(world), { ...input, hostKeys: texts.map((key) => ({ key })), precondition }, context);

const asked: readonly (readonly [
  string,
  (world: World, context?: ReturnType<typeof testContext>) => Promise<unknown>,
])[] = [
  ["to see them", get],
  ["to register them", (world, context) => put(world, [keys.rsa], context)],
  ["to forget them", (world, context) => put(world, [], context)],
];

describe.each(asked)("a caller who wants %s", (_, ask) => {
  const unseen = { policy: fakePolicy({ view: false }) };

  test.each<[string, World]>([
    ["of an absent instance", { instance: undefined }],
    ["of one that they may not view", unseen],
    ["of one that they may manage, but not view", { policy: fakePolicy({ view: false, manageHostKeys: true }) }],
  ])("gets instance-not-found for %s", async (_sentence, world) => {
    expect(await problemFrom(() => ask(world))).toMatchObject({ code: "instance-not-found" });
  });

  test("cannot tell these apart", async () => {
    const absent = await problemFrom(() => ask({ instance: undefined }));
    expect({ ...absent }).toEqual({ ...(await problemFrom(() => ask(unseen))) });
  });

  test("gets access-denied for an instance that they may view, but whose host keys they may not manage", async () => {
    const store = new FakeHostKeyStore(web.instanceId, [registered], 1);
    const context = contextNow();
    const world = { store, policy: fakePolicy({ manageHostKeys: false }) };
    expect(await problemFrom(() => ask(world, context))).toMatchObject({ code: "access-denied" });
    expect(store).toMatchObject({ record: { hostKeys: [registered], sequence: 1 }, events: [] });
    expect(context.fields).toMatchObject({ instanceId: web.instanceId, policies: ["manageHostKeys-forbidden"] });
  });
});

describe("registered host keys", () => {
  test("are not read before the keys are valid, nor for an absent instance", async () => {
    const problem = await problemFrom(() => put({ instance: undefined }, ["none"]));
    expect(problem).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer: "/hostKeys/0/key", code: "unsupported-format" }],
    });
  });

  test("stay unchanged if one of several keys is refused", async () => {
    const store = new FakeHostKeyStore(web.instanceId, [registered], 1);
    await problemFrom(() => put({ store }, [keys.rsa, "none"]));
    expect(store).toMatchObject({ record: { hostKeys: [registered], sequence: 1 }, events: [] });
  });

  test("are returned as they are accepted from now on", async () => {
    const store = new FakeHostKeyStore(web.instanceId, [console], 1);
    const response = await put({ store }, [`${keys.rsa} root@web-1`, keys.ed25519]);
    expect(hostKeyList.parse(response).hostKeys).toMatchObject([
      { type: "ssh-rsa", key: keys.rsa, source: "registered", observedAt: now, trust: "high" },
      { type: "ssh-ed25519", key: keys.ed25519, source: "registered", observedAt: now, trust: "high" },
    ]);
    expect(await get({ store })).toEqual(response);
  });

  test("are stored beside the captured keys, which are accepted again once no key is registered", async () => {
    const store = new FakeHostKeyStore(web.instanceId, [console], 1);
    await put({ store }, [keys.rsa]);
    expect(store.record.hostKeys).toContainEqual(console);
    const response = await put({ store }, []);
    expect(response.hostKeys).toMatchObject([{ key: keys.otherEd25519, source: "console", trust: "medium" }]);
  });

  test("make an event that says who registered what, by which policies", async () => {
    const store = new FakeHostKeyStore(web.instanceId, [console], 4);
    await put({ store }, [keys.rsa, keys.ecdsa256]);
    expect(store.events).toEqual([
      {
        specversion: "1.0",
        id: `111122223333_us-east-1_${web.instanceId}-5`,
        source: "latchkey",
        type: "latchkey.host-keys.registered",
        subject: `instances/111122223333/us-east-1/${web.instanceId}`,
        time: now,
        data: {
          sequence: 5,
          ...place,
          actor: "alice",
          instanceId: web.instanceId,
          hostKeyFingerprints: [hostKeyFingerprints.rsa, hostKeyFingerprints.ecdsa256],
          policies: ["manageHostKeys-permitted"],
          policyDigest: "sha256:test",
          requestId: "request-1",
        },
      },
    ]);
  });

  test("make an event without keys if they are removed", async () => {
    const store = new FakeHostKeyStore(web.instanceId, [registered], 1);
    await put({ store }, []);
    expect(store.events).toMatchObject([
      { id: `111122223333_us-east-1_${web.instanceId}-2`, data: { hostKeyFingerprints: [] } },
    ]);
  });

  test("are not written again if they are the same, and make no event", async () => {
    const store = new FakeHostKeyStore(web.instanceId, [registered, console], 1);
    const response = await put({ store }, [`${keys.ed25519} root@web-1`]);
    expect(response.hostKeys).toMatchObject([{ key: keys.ed25519, observedAt: then }]);
    expect(store).toMatchObject({ record: { sequence: 1 }, events: [] });
  });

  test("are on the request's log line, by their fingerprints", async () => {
    const context = contextNow();
    await put({}, [keys.rsa], context);
    expect(context.fields).toEqual({
      instanceId: web.instanceId,
      policies: ["manageHostKeys-permitted"],
      hostKeyFingerprints: [hostKeyFingerprints.rsa],
    });
  });
});

describe("a precondition", () => {
  const isUnset = { isUnset: true } as const;
  const failed = { code: "precondition-failed" };

  test("each change has a revision of its own, which the next change names", async () => {
    const store = new FakeHostKeyStore(web.instanceId);
    const revisions = [(await get({ store })).revision];
    for (const key of [keys.rsa, keys.ed25519, keys.rsa]) {
      const named = { revisions: revisions.slice(-1) };
      revisions.push((await put({ store }, [key], contextNow(), named)).revision);
    }
    expect(new Set(revisions).size).toBe(4);
    expect((await get({ store })).revision).toBe(revisions.at(-1));
    expect(store.events).toHaveLength(3);
  });

  test("the same keys again leave the revision as it is", async () => {
    const store = new FakeHostKeyStore(web.instanceId, [registered], 3);
    const before = await get({ store });
    expect(await put({ store }, [keys.ed25519])).toEqual(before);
  });

  test.each<[sentence: string, store: FakeHostKeyStore, precondition: Precondition]>([
    ["an older revision", new FakeHostKeyStore(web.instanceId, [registered], 2), { revisions: ["1"] }],
    ["no revision that there can be", new FakeHostKeyStore(web.instanceId), { revisions: [] }],
    [
      "an older revision, though the keys are the same",
      new FakeHostKeyStore(web.instanceId, [{ ...registered, key: keys.rsa }], 2),
      { revisions: ["1"] },
    ],
    ["nothing registered, though something is", new FakeHostKeyStore(web.instanceId, [registered], 1), isUnset],
  ])("fails, and nothing changes: %s", async (_, store, precondition) => {
    const before = store.record;
    expect(await problemFrom(() => put({ store }, [keys.rsa], contextNow(), precondition))).toMatchObject(failed);
    expect(store).toMatchObject({ record: before, events: [] });
  });

  test.each<[sentence: string, store: FakeHostKeyStore, precondition: Precondition]>([
    ["one of several revisions", new FakeHostKeyStore(web.instanceId, [registered], 2), { revisions: ["1", "2"] }],
    ["nothing registered, of an instance of which nothing is known", new FakeHostKeyStore(web.instanceId), isUnset],
    ["nothing registered, only captured", new FakeHostKeyStore(web.instanceId, [console], 1), isUnset],
  ])("holds: %s", async (_, store, precondition) => {
    const { hostKeys } = await put({ store }, [keys.rsa], contextNow(), precondition);
    expect(hostKeys).toMatchObject([{ key: keys.rsa }]);
  });

  test("is evaluated after whether the caller may see and manage the instance", async () => {
    const store = new FakeHostKeyStore(web.instanceId, [registered], 1);
    for (const [policy, code] of [
      [fakePolicy({ view: false }), "instance-not-found"],
      [fakePolicy({ manageHostKeys: false }), "access-denied"],
    ] as const) {
      expect(await problemFrom(() => put({ store, policy }, [keys.rsa], contextNow(), isUnset))).toMatchObject({
        code,
      });
    }
  });
});

describe("if somebody else is faster", () => {
  const isUnset = { isUnset: true } as const;

  test("a named revision has gone, and nothing changes", async () => {
    const store = new FakeHostKeyStore(web.instanceId);
    store.meanwhile = () => store.change([registered]);
    expect(await problemFrom(() => put({ store }, [keys.rsa]))).toMatchObject({ code: "precondition-failed" });
    expect(store).toMatchObject({ record: { hostKeys: [registered], sequence: 1 }, events: [], reads: 2 });
  });

  test("captured keys are kept beside the first that are registered", async () => {
    const store = new FakeHostKeyStore(web.instanceId);
    store.meanwhile = () => {
      store.meanwhile = () => {};
      store.change([console]);
    };
    await put({ store }, [keys.rsa], contextNow(), isUnset);
    expect(store.record).toMatchObject({ hostKeys: [{ key: keys.rsa, source: "registered" }, console], sequence: 2 });
    expect(store.events).toMatchObject([{ id: `111122223333_us-east-1_${web.instanceId}-2` }]);
  });

  test("each time, it ends as upstream-unavailable, after a bounded number of attempts", async () => {
    const store = new FakeHostKeyStore(web.instanceId);
    store.meanwhile = () => store.change([console]);
    const problem = await problemFrom(() => put({ store }, [keys.rsa], contextNow(), isUnset));
    expect(problem).toMatchObject({ code: "upstream-unavailable" });
    expect(store).toMatchObject({ events: [], reads: 5 });
  });
});
