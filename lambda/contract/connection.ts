import * as z from "zod";
import * as fields from "./fields.ts";
import { hostKey } from "./host-key.ts";

/** Body of `POST /v1/instances/{instanceId}/connections`. */
export const connectionRequest = z.strictObject({
  publicKey: z.string(),
  osUser: fields.osUser.optional(),
  connectionType: fields.wishedConnectionType.default("auto"),
  ipAddress: fields.ipAddress.optional(),
  endpointId: fields.endpointId.optional(),
  port: fields.port.optional(),
  maxTunnelSeconds: fields.maxTunnelSeconds.default(900),
  reason: fields.reason.optional(),
});

export type ConnectionRequest = z.infer<typeof connectionRequest>;

/** One pushed key, and all that the client needs within its sixty seconds. */
export const connection = z.object({
  connectionId: z.uuid(),
  instanceId: fields.instanceId,
  accountId: z.string(),
  region: z.string(),
  availabilityZone: z.string(),
  connectionType: fields.connectionType,
  /** The address to dial. */
  host: fields.ipAddress,
  port: fields.port,
  user: fields.osUser,
  dnsName: z.string().optional(),
  publicKeyFingerprint: z.string().regex(/^SHA256:/),
  /** When the key ends: 60 s from the start of the attempt that succeeded. */
  expiresAt: fields.time,
  serverTime: fields.time,
  requestId: z.string(),
  hostKeyAlias: fields.instanceId,
  hostKeys: z.array(hostKey),
  /** `eice` only: a presigned WebSocket URL. It is a secret for as long as it lives. */
  tunnel: z
    .object({
      url: z.string(),
      expiresAt: fields.time,
      maxDurationSeconds: fields.maxTunnelSeconds,
      endpointId: fields.endpointId,
    })
    .optional(),
  ssh: z.object({
    /** Options and then the destination, to stand behind `ssh -i KEY -o UserKnownHostsFile=FILE`. */
    args: z.array(z.string()),
    /** The same as a block for ssh_config. */
    config: z.string(),
    /** The text of FILE. */
    knownHosts: z.string(),
  }),
});

export type Connection = z.infer<typeof connection>;
