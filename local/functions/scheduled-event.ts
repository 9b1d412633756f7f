import { randomUUID } from "node:crypto";
import type { ScheduledEvent } from "aws-lambda";
import { account, region } from "../shared/account.ts";

/** The scheduled event of EventBridge. */
export function scheduledEvent(now: Date): ScheduledEvent {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account,
    time: now.toISOString(),
    region,
    resources: [`arn:aws:events:${region}:${account}:rule/latchkey-each-minute`],
    detail: {},
  };
}
