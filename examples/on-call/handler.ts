import { lambdaHandler } from "../reviewer/lambda-handler.ts";
import { onCallReviewer } from "./on-call-reviewer.ts";
import shifts from "./roster.json" with { type: "json" };
import { rosterOf } from "./roster.ts";

export const handler = lambdaHandler((latchkey) => onCallReviewer(latchkey, rosterOf(shifts)));
