import { STSClient } from "@aws-sdk/client-sts";
import { type ClientTarget, clientSettings } from "../clients.ts";
import { callDirectly } from "../direct-calls.ts";

export const stsClient = (target: ClientTarget): STSClient => callDirectly(new STSClient(clientSettings(target)));
