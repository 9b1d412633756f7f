import type { Requirements } from "../../sdk/types.ts";
import { visible } from "../terminal/terminal.ts";

/** What access has to have: `2 approvals and a reason`. */
export function requirementsWords({ approvals, reason }: Requirements): string {
  const parts = [approvals > 0 && `${approvals} approval${approvals === 1 ? "" : "s"}`, reason && "a reason"].filter(
    (part) => part !== false,
  );
  return parts.length === 0 ? "an access request" : parts.join(" and ");
}

/** About somebody whom a caller names, and who may be a typing error. */
export const neverSeenWords = (subject: string) =>
  `${visible(subject)} has never used Latchkey: check that the id is right`;
