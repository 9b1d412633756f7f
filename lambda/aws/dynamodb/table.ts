import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { clientSettings } from "../client-settings.ts";

/** The table, and the client that reaches it. Every adapter is bound to one. */
export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
}

export function tableOf(name: string): Table {
  return { client: new DynamoDBClient(clientSettings), name };
}
