import { EC2Client } from "@aws-sdk/client-ec2";
import { type ClientTarget, clientSettings } from "../clients.ts";
import { callDirectly } from "../direct-calls.ts";

export const ec2Client = (target: ClientTarget): EC2Client => callDirectly(new EC2Client(clientSettings(target)));
