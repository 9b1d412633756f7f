import { STSClient } from "@aws-sdk/client-sts";
import { type ClientTarget, clientSettings } from "../clients.ts";

export const stsClient = (target: ClientTarget): STSClient => new STSClient(clientSettings(target));
