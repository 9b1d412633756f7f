import * as z from "zod";
import * as fields from "./fields.ts";
import { hostKey } from "./host-key.ts";
import { ofInstance, togetherInTarget } from "./scope.ts";
import { warnings } from "./warning.ts";

/** Body of `POST /v1/instances/{instanceId}/connections`. */
export const connectionRequest = togetherInTarget(
  z.strictObject({
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
        "Seconds that the tunnel may stay open, with `eice`. The stack may allow less, as `tunnel.maxDurationSeconds` says.",
      ),
    reason: fields.reason.optional(),
    ...ofInstance,
  }),
).meta({ id: "ConnectionRequest", description: "A public key, and how to reach the instance with it." });

export type ConnectionRequest = z.infer<typeof connectionRequest>;

/** One pushed key, and everything that the client needs within its sixty seconds. */
export const connection = z
  .object({
    connectionId: z.uuid().describe("The connection's id, as in the trail."),
    instanceId: fields.instanceId,
    accountId: fields.accountId,
    region: fields.region,
    availabilityZone: fields.availabilityZone,
    connectionType: fields.reachedBy,
    host: fields.host.describe("The host to dial: an address, or a name for `serial`."),
    port: fields.port,
    user: fields.osUser.describe("The OS user to log in as."),
    dnsName: z.string().optional().describe("The DNS name that AWS gives `host`, if any."),
    publicKeyFingerprint: fields.fingerprint.describe(
      "The pushed key's SHA-256 fingerprint, as `ssh-keygen -l` prints it.",
    ),
    expiresAt: fields.time.describe("When the key expires, in UTC: 60 seconds after the start of the push."),
    serverTime: fields.time.describe("The time of this response, in UTC, for clients whose clock is wrong."),
    requestId: z.string().describe("The request's id, as in the log and the trail."),
    accessRequestId: z.string().optional().describe("The access request under which the connection is made, if any."),
    accessExpiresAt: fields.time.optional().describe("When that access ends, in UTC."),
    hostKeyAlias: z
      .string()
      .describe(
        "The name to know the host keys by, for every address: the instance's id, or for `serial` the host of the serial consoles.",
      ),
    hostKeys: z.array(hostKey).describe("The host keys to accept."),
    hostKeyFingerprint: fields.fingerprint
      .optional()
      .describe("With `serial`, where AWS publishes only a fingerprint: accept only a host key that has it."),
    warnings,
    tunnel: z
      .object({
        url: z.string().describe("A presigned WebSocket URL. Keep it secret until it expires."),
        expiresAt: fields.time.describe("When the URL expires, in UTC. An open tunnel stays open."),
        maxDurationSeconds: fields.maxTunnelSeconds,
        endpointId: fields.endpointId,
      })
      .optional()
      .describe("With `eice`: the tunnel to the instance's SSH server."),
    ssh: z
      .object({
        args: z
          .array(z.string())
          .describe("Options and the destination, to append to `ssh -i KEY -o UserKnownHostsFile=FILE`."),
        config: z.string().describe("The same as a block for ssh_config."),
        knownHosts: z.string().describe("The contents of FILE."),
      })
      .describe("For OpenSSH's client."),
  })
  .meta({
    id: "Connection",
    description: "One pushed key, and everything that the client needs within its sixty seconds.",
  });

export type Connection = z.infer<typeof connection>;
