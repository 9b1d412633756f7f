import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { clientSettings } from "../client-settings.ts";

export const dynamodb = new DynamoDBClient(clientSettings);
