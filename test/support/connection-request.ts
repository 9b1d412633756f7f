import { type ConnectionRequest, connectionRequest } from "../../contract/connection.ts";
import type { ConnectionInput, ConnectSettings } from "../../lambda/connect/ports.ts";
import { keys } from "../fixtures/keys.ts";
import { alice, reviewerSources, web } from "./samples.ts";

export const connectSettings: ConnectSettings = {
  target: { partition: "aws", region: "us-east-1", accountId: "111122223333" },
  defaultOsUser: "ec2-user",
  scopeTags: [],
  fips: false,
  serialConsole: true,
  maxTunnelSeconds: 3600,
  ...reviewerSources,
  policyTime: (moment) => ({ epoch: Math.floor(moment.getTime() / 1000), hour: 3, weekday: 5 }),
};

/** When the calls of a request must have ended. */
export const deadlineAt = new Date("2026-01-02T03:04:25.678Z");

/** alice asks for web-1 with an Ed25519 key. */
export function connectionInput(
  body: Partial<ConnectionRequest> = {},
  instanceId: string = web.instanceId,
): ConnectionInput {
  return { caller: alice, instanceId, ...connectionRequest.parse({ publicKey: keys.ed25519, ...body }) };
}
