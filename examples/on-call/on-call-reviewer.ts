import type { Latchkey } from "latchkey/sdk";
import type { Reviewer } from "../reviewer/review-on-event.ts";
import type { Roster } from "./roster.ts";

/** The tag of an instance that names its service. */
const serviceTag = "service";

/** Seconds: the least that an approval may shorten access to. */
const shortest = 60;

/** Approves for people who are on call for the service of the instance, until their shift ends. */
export function onCallReviewer(latchkey: Latchkey, roster: Roster, clock = () => new Date()): Reviewer {
  return {
    integration: "roster",
    async approve({ instanceId, subject, durationSeconds, startsAt }) {
      // Access by tags has no instance, and may reach further than one service. Access that starts later is another shift's.
      if (instanceId === undefined || startsAt !== undefined) return undefined;
      const { tags } = await latchkey.call("getInstance", { instanceId });
      const service = tags[serviceTag];
      if (service === undefined) return undefined;
      const now = clock();
      const until = await roster.onCallUntil(service, subject, now);
      const left = until === undefined ? 0 : Math.floor((until.getTime() - now.getTime()) / 1000);
      if (until === undefined || left < shortest) return undefined;
      const comment = `On call until ${until.toISOString()}`;
      return left < durationSeconds ? { comment, durationSeconds: left } : { comment };
    },
  };
}
