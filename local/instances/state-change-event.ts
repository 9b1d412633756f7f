import { randomUUID } from "node:crypto";
import type { EventBridgeEvent } from "aws-lambda";
import type { TargetKey } from "../../lambda/shared/target.ts";
import { instanceArn, ownTarget } from "../shared/account.ts";

interface StateChange {
  readonly "instance-id": string;
  readonly state: "running";
}

/** The event that EventBridge sends when an instance starts to run. */
export function runningEvent(
  instanceId: string,
  now: Date,
  target: TargetKey = ownTarget,
): EventBridgeEvent<"EC2 Instance State-change Notification", StateChange> {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "EC2 Instance State-change Notification",
    source: "aws.ec2",
    account: target.accountId,
    // EventBridge sends times without fractions of a second.
    time: now.toISOString().replace(/\.\d{3}Z$/, "Z"),
    region: target.region,
    resources: [instanceArn(target, instanceId)],
    detail: { "instance-id": instanceId, state: "running" },
  };
}
