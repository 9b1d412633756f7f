import { App } from "aws-cdk-lib";
import { Notifications } from "./notifications.ts";

// In the account and region of Latchkey's stack.
new Notifications(new App(), "LatchkeyNotifications", {
  eventBusName: "LatchkeyBus",
  email: "on-call@example.com",
  teams: {
    url: "https://prod-01.westeurope.logic.azure.com/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0",
    sigSecret: "latchkey/teams-sig",
    consoleUrl: "https://latchkey.example.com/",
  },
  receiver: { url: "https://siem.example.com/latchkey", tokenSecret: "latchkey/siem-authorization" },
});
