import "./patient-clients.ts";
import { tableOf } from "../../lambda/aws/dynamodb/table.ts";

/** The table that tests bind adapters to: one client, so that a test can watch every call. */
export const boundTable = tableOf({ region: "us-east-1" }, "latchkey");
