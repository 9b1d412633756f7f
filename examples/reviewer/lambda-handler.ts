import type { Latchkey } from "latchkey/sdk";
import { latchkeyOfRole } from "./latchkey-of-role.ts";
import { type Outcome, type Reviewer, reviewOnEvent } from "./review-on-event.ts";

/** A Lambda function's handler, which calls Latchkey as the function's role. */
export function lambdaHandler(reviewerWith: (latchkey: Latchkey) => Reviewer): (event: unknown) => Promise<Outcome> {
  const latchkey = latchkeyOfRole();
  const reviewer = reviewerWith(latchkey);
  return async (event) => {
    const outcome = await reviewOnEvent(latchkey, reviewer, event);
    console.log(JSON.stringify(outcome));
    return outcome;
  };
}
