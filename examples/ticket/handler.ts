import { lambdaHandler } from "../reviewer/lambda-handler.ts";
import { ticketReviewer } from "./ticket-reviewer.ts";
import { ticketsAt } from "./tickets.ts";

const { TICKETS_URL: url = "" } = process.env;

export const handler = lambdaHandler(() => ticketReviewer(ticketsAt({ url })));
