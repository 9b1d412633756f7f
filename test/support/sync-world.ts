import type { SQSRecord } from "aws-lambda";
import { RecentFailures } from "../../lambda/inventory/recent-failures.ts";
import type { DelayedMessage } from "../../lambda/inventory/sync-message.ts";
import { type Instance, instanceKey } from "../../lambda/shared/instance.ts";
import { Problem } from "../../lambda/shared/problem.ts";
import type { ServedTargets } from "../../lambda/shared/settings.ts";
import { type Target, type TargetKey, targetKey } from "../../lambda/shared/target.ts";
import { secondsAfter } from "../../lambda/shared/time.ts";
import { knownTargets } from "../../lambda/targets/known-targets.ts";
import { type SyncPorts, type SyncReport, syncBatch } from "../../lambda/workers/sync-batch.ts";
import { MemoryInventory } from "./memory-inventory.ts";
import { web } from "./samples.ts";
import { testContext } from "./test-context.ts";

/** The account and region of the stack. */
export const own: Target = { partition: "aws", accountId: "111122223333", region: "us-east-1" };
/** Another account that the settings list. */
export const far: TargetKey = { accountId: "444455556666", region: "eu-west-1" };

export const accounts = (...listed: readonly TargetKey[]): ServedTargets => ({
  externalId: "latchkey",
  rolePath: "/",
  accounts: listed.map(({ accountId, region }) => ({ account: accountId, regions: [region] })),
  organizationalUnits: [],
});

/** An instance of a target, with a number for its id. */
export const instanceOf = ({ accountId, region }: TargetKey, id: number, tags = web.tags): Instance => ({
  ...web,
  accountId,
  region,
  instanceId: `i-${id.toString(16).padStart(17, "0")}`,
  tags,
});

/** Targets with instances, the queue, the inventory, and a clock that stands still. */
export class SyncWorld {
  now = new Date("2026-01-02T03:04:05.000Z");
  readonly store = new MemoryInventory();
  /** Messages that were sent, and when they are due. */
  queue: { readonly body: string; readonly dueAt: Date }[] = [];
  /** The live instances of each target, by `<account>/<region>/<id>`. */
  readonly #fleets = new Map<string, Map<string, Instance>>();
  /** What a target does instead of responding. */
  readonly faults = new Map<string, () => Promise<never>>();
  /** Every call that a target has got. */
  readonly calls: { readonly target: string; readonly at: Date; readonly operation: "page" | "ids" }[] = [];
  /** Active accounts of each organizational unit. Of another one they cannot be listed. */
  units: Readonly<Record<string, readonly string[]>> = {};
  pageSize = 1000;
  /** Runs before a target's response arrives. */
  beforeResponse: () => Promise<void> = async () => {};
  readonly ports: SyncPorts;

  constructor(served?: ServedTargets) {
    const { store } = this;
    this.ports = {
      known: knownTargets(own, served),
      units: served?.organizationalUnits ?? [],
      store,
      recentFailures: new RecentFailures(),
      queue: { send: async (message) => this.send(message) },
      reader: {
        describePage: async (target, token) => {
          await this.#call(target, "page");
          const all = this.instancesIn(target).filter(({ instanceId }) => !token || instanceId > token);
          const instances = all.slice(0, this.pageSize);
          const nextToken = all.length > instances.length ? instances.at(-1)?.instanceId : undefined;
          await this.beforeResponse();
          return { instances, nextToken };
        },
        describeInstances: async (target, ids) => {
          await this.#call(target, "ids");
          const found = this.instancesIn(target).filter(({ instanceId }) => ids.includes(instanceId));
          await this.beforeResponse();
          return new Map(found.map((each) => [each.instanceId, each]));
        },
      },
      listAccounts: async (unitId) => {
        const found = this.units[unitId];
        if (!found) throw new Problem("aws-refused");
        return found;
      },
    };
  }

  launch(...instances: readonly Instance[]): void {
    for (const instance of instances) this.#fleetOf(instance).set(instanceKey(instance), instance);
  }

  terminate(instance: Instance): void {
    this.#fleetOf(instance).delete(instanceKey(instance));
  }

  isLive(key: string): boolean {
    return [...this.#fleets.values()].some((fleet) => fleet.has(key));
  }

  /** In the order in which pages have them. */
  instancesIn(target: TargetKey): readonly Instance[] {
    const all = [...this.#fleetOf(target).values()];
    return all.sort((one, other) => (one.instanceId < other.instanceId ? -1 : 1));
  }

  pass(seconds: number): void {
    this.now = secondsAfter(this.now, seconds);
  }

  send({ message, delaySeconds }: DelayedMessage): void {
    this.queue.push({ body: JSON.stringify(message), dueAt: secondsAfter(this.now, delaySeconds) });
  }

  /** One invocation. */
  receive(bodies: readonly string[], signal?: AbortSignal): Promise<SyncReport> {
    return syncBatch(
      this.ports,
      bodies.map(recordOf),
      testContext({ clock: () => this.now, ...(signal && { signal }) }),
    );
  }

  /** Starts syncs, and delivers messages one by one as they are due, until there are none. */
  async sync(hurry = false): Promise<readonly SyncReport[]> {
    this.send({ message: { kind: "start", hurry }, delaySeconds: 0 });
    const reports: SyncReport[] = [];
    for (let next = this.takeDue(); next; next = this.takeDue()) {
      if (next.dueAt > this.now) this.now = next.dueAt;
      reports.push(await this.receive([next.body]));
    }
    return reports;
  }

  /** Takes the message that is due first from the queue. */
  takeDue() {
    this.queue.sort((one, other) => one.dueAt.getTime() - other.dueAt.getTime());
    return this.queue.shift();
  }

  #fleetOf(target: TargetKey): Map<string, Instance> {
    const fleet = this.#fleets.get(targetKey(target)) ?? new Map();
    this.#fleets.set(targetKey(target), fleet);
    return fleet;
  }

  async #call(target: Target, operation: "page" | "ids"): Promise<void> {
    this.calls.push({ target: targetKey(target), at: this.now, operation });
    await this.faults.get(targetKey(target))?.();
  }
}

function recordOf(body: string, index = 0): SQSRecord {
  return {
    messageId: `m${index}`,
    receiptHandle: "receipt",
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "0",
      SenderId: "events",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:111122223333:sync",
    awsRegion: "us-east-1",
  };
}

/** The event of EC2, or of a change of tags, about an instance, as EventBridge writes it. */
export function instanceEvent(
  { accountId, region, instanceId }: Pick<Instance, "accountId" | "region" | "instanceId">,
  source: "aws.ec2" | "aws.tag" = "aws.ec2",
) {
  return {
    version: "0",
    id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": source === "aws.ec2" ? "EC2 Instance State-change Notification" : "Tag Change on Resource",
    source,
    account: accountId,
    time: "2026-01-02T03:04:05Z",
    region,
    resources: [`arn:aws:ec2:${region}:${accountId}:instance/${instanceId}`],
    detail: {},
  };
}
