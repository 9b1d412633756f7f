import { describeFault } from "../shared/describe-fault.ts";
import { logLine } from "../shared/log-line.ts";
import type { DoorResponse } from "../slack/door.ts";

/** Its metrics have this as their dimension `route`. */
export const slackRoute = "slack";

/**
 * Writes the one log line of a request of Slack's: `slack.<outcome>`, at error if something failed, at warn if it was refused. Of
 * what was sent it has nothing but the ids of a user whom Slack has named.
 */
export function logSlack(requestId: string, { outcome, from, cause }: DoorResponse, durationMs: number): void {
  const isFault = outcome === "failed";
  const isTaken = outcome === "queued" || outcome === "opened" || outcome === "ignored";
  logLine(
    isFault ? "error" : isTaken ? "info" : "warn",
    `slack.${outcome}`,
    { requestId, ...from, ...(isFault && { cause: describeFault(cause) }) },
    { route: slackRoute, counts: { Faults: isFault ? 1 : 0 }, milliseconds: { Duration: durationMs } },
  );
}
