import { describe, expect, test } from "@jest/globals";
import { instance } from "../../contract/instance.ts";
import { bootLog, hostKeyBlock } from "../../local/instances/boot-log.ts";
import { makeHostKey } from "../../local/instances/host-key.ts";
import { callApi, fleet, makeConnection } from "../support/api-client.ts";
import { useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

const bootedAt = new Date("2026-01-02T03:04:05Z");

/** What the function logs about the boots of an instance, the newest last. */
function outcomesOf(logLines: readonly string[], instanceId: string): object[] {
  return logLines
    .map((line) => JSON.parse(line))
    .filter(({ message }) => message === "capture.completed")
    .flatMap(({ outcomes }) => outcomes)
    .filter((each: { instanceId?: string }) => each.instanceId === instanceId);
}

describe("host keys captured from consoles", () => {
  const local = useLocalStack();
  const key = useKeyPair();

  const hostKeysOf = async (instanceId: string) => {
    const response = await callApi(local.stack.url, { path: `/v1/instances/${instanceId}`, as: "alice" });
    return instance.parse(response.body).hostKeys;
  };
  const eventsOf = async (instanceId: string) => {
    await local.stack.settled();
    return local.stack.busEvents.filter(({ subject }) => subject === `instances/111122223333/us-east-1/${instanceId}`);
  };
  const lastOf = (instanceId: string) => outcomesOf(local.logLines, instanceId).at(-1);
  const newKey = () => makeHostKey().publicKeyLine;
  const boot = (instanceId: string, ...hostKeys: readonly string[]) =>
    local.stack.boot(instanceId, bootLog("ip-10-0-0-10", hostKeys, local.clock.now()));

  test("the keys of all running instances are captured in one invocation at the start, each with an event", async () => {
    const running = [fleet.web1, fleet.legacy1, fleet.db1, fleet.v61, fleet.prod1];
    for (const instanceId of running) {
      expect(await hostKeysOf(instanceId)).toEqual([
        expect.objectContaining({ type: "ssh-ed25519", source: "console", trust: "medium" }),
      ]);
      const [{ fingerprint } = { fingerprint: "none" }] = await hostKeysOf(instanceId);
      expect(await eventsOf(instanceId)).toEqual([
        expect.objectContaining({
          type: "latchkey.host-keys.captured",
          data: expect.objectContaining({ actor: "latchkey", instanceId, hostKeyFingerprints: [fingerprint] }),
        }),
      ]);
    }
    const first = local.logLines.filter((line) => line.includes('"capture.completed"') && line.includes(fleet.web1));
    for (const instanceId of running) expect(outcomesOf(first.slice(0, 1), instanceId)).toHaveLength(1);
  });

  test("the key of an instance in another account and region is captured there, and filed under that target", async () => {
    const [{ fingerprint } = { fingerprint: "none" }, ...others] = await hostKeysOf(fleet.eu1);
    expect(others).toEqual([]);
    await local.stack.settled();
    expect(local.stack.busEvents.filter(({ subject }) => subject.endsWith(fleet.eu1))).toEqual([
      expect.objectContaining({
        type: "latchkey.host-keys.captured",
        subject: `instances/444455556666/eu-west-1/${fleet.eu1}`,
        data: expect.objectContaining({ actor: "latchkey", hostKeyFingerprints: [fingerprint] }),
      }),
    ]);
    const asked = local.stack.log.calls.filter(({ operation }) => operation === "GetConsoleOutput");
    expect(asked.filter(({ request }) => JSON.stringify(request).includes(fleet.eu1))).toMatchObject([
      { accountId: "444455556666", region: "eu-west-1", role: "capture", status: 200 },
    ]);
  });

  test("the console of an instance before Nitro is read as EC2 last captured it", () => {
    const asked = local.stack.log.calls.filter(({ operation }) => operation === "GetConsoleOutput");
    const ofLegacy = asked.filter(({ request }) => JSON.stringify(request).includes(`"${fleet.legacy1}"`));
    expect([...new Set(ofLegacy.map(({ status }) => status))]).toEqual([400, 200]);
    expect(asked.filter((call) => call.status !== 200 && !ofLegacy.includes(call))).toEqual([]);
  });

  describe("the known key stays, and the output of a later boot is ignored:", () => {
    const twoKeys = () => [newKey(), newKey()] as const;
    test.each<[sentence: string, shown: (own: string) => string, outcome: object]>([
      [
        "a forged second block behind the genuine one",
        (own) => bootLog("web-1", [own], bootedAt) + bootLog("web-1", [newKey()], bootedAt),
        { outcome: "refused", why: "conflicting-blocks" },
      ],
      [
        "a forged block before the genuine one",
        (own) => `${bootLog("web-1", [newKey()], bootedAt)}\n${bootLog("web-1", [own], bootedAt)}`,
        { outcome: "refused", why: "conflicting-blocks" },
      ],
      [
        "a block with a line injected",
        (own) => `${hostKeyBlock([own, "# and another", newKey()]).join("\n")}\n`,
        { outcome: "refused", why: "not-a-host-key" },
      ],
      [
        "a block with two keys of one type",
        () => `${hostKeyBlock(twoKeys()).join("\n")}\n`,
        { outcome: "refused", why: "repeated-type" },
      ],
      [
        "a block whose beginning is cut off",
        () => `${hostKeyBlock([newKey()]).slice(1).join("\n")}\n`,
        { outcome: "refused", why: "beginning-cut-off" },
      ],
      [
        "a block without an end",
        () => `${hostKeyBlock([newKey()]).slice(0, -1).join("\n")}\n`,
        { outcome: "pending", why: "unfinished-block" },
      ],
      ["a whole block with another key", () => bootLog("web-1", [newKey()], bootedAt), { outcome: "changed" }],
    ])("%s", async (_, shown, outcome) => {
      const before = await hostKeysOf(fleet.web1);
      await local.stack.boot(fleet.web1, shown(before[0]?.key ?? ""));
      expect(lastOf(fleet.web1)).toMatchObject(outcome);
      expect(await hostKeysOf(fleet.web1)).toEqual(before);
      expect(await eventsOf(fleet.web1)).toHaveLength(1);
    });

    test("the same key again", async () => {
      const before = await hostKeysOf(fleet.web1);
      await boot(fleet.web1, before[0]?.key ?? "");
      expect(lastOf(fleet.web1)).toMatchObject({ outcome: "known" });
      expect(await hostKeysOf(fleet.web1)).toEqual(before);
    });
  });

  describe("an instance that starts for the first time", () => {
    test("with a good block has its key from then on: in its description, in connections and on the bus", async () => {
      expect(await hostKeysOf(fleet.old1)).toEqual([]);
      const hostKey = newKey();
      await boot(fleet.old1, hostKey);
      expect(await hostKeysOf(fleet.old1)).toEqual([
        expect.objectContaining({ key: hostKey, source: "console", trust: "medium" }),
      ]);
      expect(await eventsOf(fleet.old1)).toEqual([expect.objectContaining({ type: "latchkey.host-keys.captured" })]);
      const made = await makeConnection(local.stack.url, "alice", fleet.old1, { publicKey: key.pair.publicKey });
      expect(made.ssh.knownHosts).toBe(`${fleet.old1} ${hostKey}\n`);
    });
  });
});

describe("an instance without a known key", () => {
  const local = useLocalStack();
  const knownOf = async (instanceId: string) => {
    const response = await callApi(local.stack.url, { path: `/v1/instances/${instanceId}`, as: "alice" });
    return instance.parse(response.body).hostKeys;
  };
  const shown = (hostKey: string) => bootLog("ip-10-0-1-30", [hostKey], local.clock.now());

  test("gets no key from a forged first boot, nor from a later boot, in which cloud-init prints none", async () => {
    const forged = `${shown(makeHostKey().publicKeyLine)}\n${shown(makeHostKey().publicKeyLine)}`;
    await local.stack.boot(fleet.old1, forged);
    expect(await knownOf(fleet.old1)).toEqual([]);
    local.clock.advance(60);
    await local.stack.boot(fleet.old1, shown(makeHostKey().publicKeyLine));
    expect(await knownOf(fleet.old1)).toEqual([]);
    expect(outcomesOf(local.logLines, fleet.old1)).toEqual([
      expect.objectContaining({ outcome: "refused" }),
      expect.objectContaining({ outcome: "not-first-start" }),
    ]);
    await local.stack.settled();
    expect(local.stack.busEvents.filter(({ subject }) => subject.endsWith(fleet.old1))).toEqual([]);
  });
});
