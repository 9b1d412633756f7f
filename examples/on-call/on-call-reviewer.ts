import type { AccessRequest, Latchkey } from "latchkey/sdk";
import type { Reviewer } from "../reviewer/review-on-event.ts";
import type { Roster } from "./roster.ts";

/** The tag of an instance that names its service. */
const serviceTag = "service";

/** Seconds: the least that an approval may shorten access to. */
const shortest = 60;

/** Approves for people who are on call for the service of the instance or of the tags, until their shift ends. */
export function onCallReviewer(latchkey: Latchkey, roster: Roster, clock = () => new Date()): Reviewer {
  return {
    integration: "roster",
    async approve(request) {
      const { subject, durationSeconds, startsAt } = request;
      // Access that starts later is another shift's.
      if (startsAt !== undefined) return undefined;
      const service = await serviceOf(latchkey, request);
      if (service === undefined) return undefined;
      const now = clock();
      const shifts = (await roster.onCall(service, now)).filter(({ person }) => person === subject);
      const until = new Date(Math.max(0, ...shifts.map((shift) => shift.until.getTime())));
      const left = Math.floor((until.getTime() - now.getTime()) / 1000);
      if (left < shortest) return undefined;
      const comment = `On call until ${until.toISOString()}`;
      return left < durationSeconds ? { comment, durationSeconds: left } : { comment };
    },
  };
}

/** The one service that access is for. Access by other tags may reach further: it has none. */
async function serviceOf(latchkey: Latchkey, { scope }: AccessRequest): Promise<string | undefined> {
  if ("tags" in scope) return scope.tags[serviceTag];
  const { tags } = await latchkey.call("getInstance", scope);
  return tags[serviceTag];
}
