import type { Reviewer } from "../reviewer/review-on-event.ts";
import type { Tickets } from "./tickets.ts";

/** The policy's `@reasonPattern`, as a word of its own. */
const ticketId = /(?<![\w-])INC-[0-9]{1,8}(?![\w-])/g;

/** Approves if the reason names one ticket, which is open and assigned to the person who gets access. */
export function ticketReviewer(tickets: Tickets): Reviewer {
  return {
    integration: "ticket",
    async approve({ reason, subject }) {
      const [id, ...others] = new Set(reason.match(ticketId));
      if (id === undefined || others.length > 0) return undefined;
      const ticket = await tickets.find(id);
      return ticket?.isOpen && ticket.assignee === subject
        ? { comment: `${id} is open and assigned to the subject` }
        : undefined;
    },
  };
}
