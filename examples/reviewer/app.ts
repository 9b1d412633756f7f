import path from "node:path";
import { App } from "aws-cdk-lib";
import { ReviewerStack } from "./reviewer-stack.ts";

const app = new App();
const handlerIn = (folder: string) => path.resolve(import.meta.dirname, "..", folder, "handler.ts");

new ReviewerStack(app, "LatchkeyRoster", { roleName: "Roster", entry: handlerIn("on-call") });
new ReviewerStack(app, "LatchkeyTicket", {
  roleName: "Ticket",
  entry: handlerIn("ticket"),
  variables: { TICKETS_URL: "The ticket system's URL: what stands before /tickets/INC-42" },
});
