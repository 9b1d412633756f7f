import type { SQSEvent } from "aws-lambda";
import type { StartMessage } from "../../lambda/inventory/sync-message.ts";
import { syncDelivery } from "../../lib/sync-queue.ts";
import { syncQueueName } from "../aws/roles.ts";
import { MessageQueue } from "./message-queue.ts";

/** The queue that feeds `sync`. */
export class SyncQueue extends MessageQueue {
  #minutes = 0;

  constructor(sync: (event: SQSEvent) => Promise<unknown>) {
    super(sync, { name: syncQueueName, ...syncDelivery });
  }

  /** Syncs every target. Resolves when the inventory is what they have. */
  async sync(): Promise<void> {
    await this.send([JSON.stringify({ kind: "start", hurry: true } satisfies StartMessage)]);
    await this.settled();
  }

  /** Syncs as often as the stack's schedule does. */
  async minuteHasPassed(): Promise<void> {
    this.#minutes += 1;
    if ((this.#minutes * 60) % syncDelivery.interval === 0) await this.sync();
  }
}
