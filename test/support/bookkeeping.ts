import type { LoggedCall } from "../../local/aws/call-log.ts";

/** Whether an item only says who has called, or how often: requests leave it beside what they do. */
export const isBookkeeping = (pk: unknown): boolean => /^(?:person|quota)#/.test(String(pk));

/** Whether a call writes such an item. */
export function isBookkeepingCall({ request }: Pick<LoggedCall, "request">): boolean {
  const [, pk] = /"Key":\{"pk":\{"S":"([^"]*)"/.exec(JSON.stringify(request) ?? "") ?? [];
  return isBookkeeping(pk);
}
