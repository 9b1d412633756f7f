import { Latchkey } from "latchkey/sdk";
import { type Outcome, type Reviewer, reviewOnEvent } from "./review-on-event.ts";

/** A Lambda function's handler, which calls Latchkey as the function's role. */
export function lambdaHandler(reviewerWith: (latchkey: Latchkey) => Reviewer): (event: unknown) => Promise<Outcome> {
  const { LATCHKEY_URL: url = "", AWS_REGION: region } = process.env;
  const latchkey = new Latchkey({ url, region, credentials: credentialsOfRole });
  const reviewer = reviewerWith(latchkey);
  return async (event) => {
    const outcome = await reviewOnEvent(latchkey, reviewer, event);
    console.log(JSON.stringify(outcome));
    return outcome;
  };
}

function credentialsOfRole() {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: AWS_SECRET_ACCESS_KEY ?? "",
    sessionToken: AWS_SESSION_TOKEN,
  };
}
