import { randomUUID } from "node:crypto";
import type { EventBridgeEvent } from "aws-lambda";
import { account, instanceArn, region } from "../shared/account.ts";

interface StateChange {
  readonly "instance-id": string;
  readonly state: "running";
}

/** The event that EventBridge sends when an instance starts to run. */
export function runningEvent(
  instanceId: string,
  now: Date,
): EventBridgeEvent<"EC2 Instance State-change Notification", StateChange> {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "EC2 Instance State-change Notification",
    source: "aws.ec2",
    account,
    // EventBridge sends times without fractions of a second.
    time: now.toISOString().replace(/\.\d{3}Z$/, "Z"),
    region,
    resources: [instanceArn(instanceId)],
    detail: { "instance-id": instanceId, state: "running" },
  };
}
