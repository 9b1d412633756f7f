import shifts from "../on-call/roster.json" with { type: "json" };
import { rosterOf } from "../on-call/roster.ts";
import { latchkeyOfRole } from "../reviewer/latchkey-of-role.ts";
import { followIncidents } from "./follow-incidents.ts";
import { pagerDuty } from "./incidents.ts";
import { readSecrets } from "./secrets.ts";
import services from "./services.json" with { type: "json" };
import { isSigned, serviceIdIn } from "./webhook.ts";

/** As a function URL delivers it. */
interface Webhook {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

const latchkey = latchkeyOfRole();
const roster = rosterOf(shifts);
const tags = new Map(Object.entries(services));
const { SECRET_ARN = "", PAGERDUTY_URL: url } = process.env;

/** A webhook is only the occasion: all but the service is read. What it throws makes PagerDuty deliver the webhook again. */
export async function handler({ headers, body = "", isBase64Encoded }: Webhook) {
  const raw = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  const { webhookSecrets, apiToken } = await readSecrets(SECRET_ARN);
  if (!isSigned(raw, headers["x-pagerduty-signature"], webhookSecrets)) return { statusCode: 401 };
  const id = serviceIdIn(raw.toString());
  const tag = tags.get(id ?? "");
  if (id === undefined || tag === undefined) return { statusCode: 200, body: "not a service of Latchkey's" };
  const incidents = pagerDuty({ token: apiToken, ...(url !== undefined && { url }) });
  console.log(
    JSON.stringify({ service: tag, ...(await followIncidents({ latchkey, incidents, roster }, { id, tag })) }),
  );
  return { statusCode: 200 };
}
