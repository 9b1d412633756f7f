import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type ClientTarget, clientSettings } from "../clients.ts";
import { callDirectly } from "../direct-calls.ts";

/** The table, and the client that reaches it. Every adapter is bound to one. */
export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
}

export function tableOf(target: ClientTarget, name: string): Table {
  return { client: callDirectly(new DynamoDBClient(clientSettings(target))), name };
}
