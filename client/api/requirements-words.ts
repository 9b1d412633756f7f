import type { Requirements } from "../../sdk/types.ts";

/** What access has to have: `2 approvals and a reason`. */
export function requirementsWords({ approvals, reason }: Requirements): string {
  const parts = [approvals > 0 && `${approvals} approval${approvals === 1 ? "" : "s"}`, reason && "a reason"].filter(
    (part) => part !== false,
  );
  return parts.length === 0 ? "an access request" : parts.join(" and ");
}
