import { randomUUID } from "node:crypto";
import type { EventBridgeEvent } from "aws-lambda";
import { instanceArn } from "../aws/instance-connect.ts";
import { account, region } from "../shared/account.ts";

interface StateChange {
  readonly "instance-id": string;
  readonly state: "running";
}

/** What EventBridge tells of an instance that has come to run. */
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
    // EventBridge's times have no fractions of a second.
    time: now.toISOString().replace(/\.\d{3}Z$/, "Z"),
    region,
    resources: [instanceArn(instanceId)],
    detail: { "instance-id": instanceId, state: "running" },
  };
}
