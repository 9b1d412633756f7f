import * as z from "zod";
import { instanceId } from "../../contract/fields.ts";
import type { RunningInstance } from "../host-keys/capture.ts";
import { targetFields } from "../inventory/sync-message.ts";

/**
 * EventBridge's event of an instance that has started. Account and region are those that EventBridge stamped.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
 */
const startEvent = z.object({
  source: z.literal("aws.ec2"),
  "detail-type": z.literal("EC2 Instance State-change Notification"),
  account: targetFields.accountId,
  region: targetFields.region,
  time: z.iso.datetime(),
  detail: z.object({ "instance-id": instanceId, state: z.literal("running") }),
});

/** @returns undefined for any other text. */
export function readStartEvent(text: string): RunningInstance | undefined {
  const { data } = startEvent.safeParse(parsed(text));
  if (!data) return undefined;
  const { account: accountId, region, detail, time } = data;
  return { accountId, region, instanceId: detail["instance-id"], at: new Date(time) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
