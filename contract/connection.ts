import * as z from "zod";
import * as fields from "./fields.ts";
import { hostKey } from "./host-key.ts";

/** Body of `POST /v1/instances/{instanceId}/connections`. */
export const connectionRequest = z
  .strictObject({
    publicKey: z
      .string()
      .describe(
        "One public key, ed25519 or RSA of 2048 to 4096 bits: a line as in `id_ed25519.pub`, or the RFC 4716 form. Its private key stays with you.",
      )
      .meta({ examples: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9mi/PRmniWlz3bAnI9jWYVk9yPG4hWkNSn/Duasj66"] }),
    ...fields.options,
    maxTunnelSeconds: fields.maxTunnelSeconds
      .default(900)
      .describe(
        "Seconds that the tunnel may stay open, for `eice` alone. The stack may allow less: `tunnel.maxDurationSeconds` tells.",
      ),
    reason: fields.reason.optional(),
  })
  .meta({ id: "ConnectionRequest", description: "A public key, and how the instance is to be reached with it." });

export type ConnectionRequest = z.infer<typeof connectionRequest>;

/** One pushed key, and all that the client needs within its sixty seconds. */
export const connection = z
  .object({
    connectionId: z.uuid().describe("Names this connection in the trail."),
    instanceId: fields.instanceId,
    accountId: fields.accountId,
    region: fields.region,
    availabilityZone: fields.availabilityZone,
    connectionType: fields.reachedBy,
    host: fields.host.describe("What to dial: an address, or for `serial` a name."),
    port: fields.port,
    user: fields.osUser.describe("The OS user to log in as."),
    dnsName: z.string().optional().describe("AWS's name for `host`, where it gives one."),
    publicKeyFingerprint: fields.fingerprint.describe(
      "The pushed key's SHA-256 fingerprint, as `ssh-keygen -l` prints it.",
    ),
    expiresAt: fields.time.describe("When the key ends: 60 seconds from the start of the push, in UTC."),
    serverTime: fields.time.describe("The time of this answer, in UTC: for clients whose clock is wrong."),
    requestId: z.string().describe("The request's id, which the log and the trail have too."),
    accessRequestId: z.string().optional().describe("The access request that carries the connection, where one does."),
    accessExpiresAt: fields.time.optional().describe("When that access ends, in UTC."),
    hostKeyAlias: z
      .string()
      .describe(
        "The name that host keys are known by, whatever the address: the instance's id. For `serial`, the host that serves the serial consoles.",
      ),
    hostKeys: z.array(hostKey).describe("The host keys to accept."),
    hostKeyFingerprint: fields.fingerprint
      .optional()
      .describe(
        "For `serial` alone, where AWS publishes no key but its fingerprint: accept a key that has it, and no other.",
      ),
    tunnel: z
      .object({
        url: z.string().describe("A presigned WebSocket URL. It is a secret for as long as it lives."),
        expiresAt: fields.time.describe("When the URL ends, in UTC. A tunnel that is open by then stays open."),
        maxDurationSeconds: fields.maxTunnelSeconds,
        endpointId: fields.endpointId,
      })
      .optional()
      .describe("For `eice` alone: what carries SSH to the instance."),
    ssh: z
      .object({
        args: z
          .array(z.string())
          .describe("Options and then the destination, to stand behind `ssh -i KEY -o UserKnownHostsFile=FILE`."),
        config: z.string().describe("The same as a block for ssh_config."),
        knownHosts: z.string().describe("The text of FILE."),
      })
      .describe("For OpenSSH's client."),
  })
  .meta({ id: "Connection", description: "One pushed key, and all that the client needs within its sixty seconds." });

export type Connection = z.infer<typeof connection>;
