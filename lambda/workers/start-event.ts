import * as z from "zod";
import { instanceId } from "../../contract/fields.ts";
import type { RunningInstance } from "../host-keys/capture.ts";
import type { Target } from "../shared/target.ts";

/**
 * EventBridge's event of an instance that has started.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
 */
const startEvent = z.object({
  source: z.literal("aws.ec2"),
  "detail-type": z.literal("EC2 Instance State-change Notification"),
  account: z.string(),
  region: z.string(),
  time: z.iso.datetime(),
  detail: z.object({ "instance-id": instanceId, state: z.literal("running") }),
});

/** @returns undefined for any other text, and for an event of another account or region. */
export function readStartEvent(
  text: string,
  { accountId, region }: Pick<Target, "accountId" | "region">,
): RunningInstance | undefined {
  const { data } = startEvent.safeParse(parsed(text));
  if (data?.account !== accountId || data.region !== region) return undefined;
  return { accountId, region, instanceId: data.detail["instance-id"], at: new Date(data.time) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
