import * as z from "zod";

// The descriptions stand in the OpenAPI document. Where a field means something of its own, its schema there says so.

export const instanceId = z
  .string()
  .regex(/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/)
  .describe("An instance's id: `i-` and 8 or 17 lower-case hex digits, as EC2 makes them.");

export const endpointId = z
  .string()
  .regex(/^eice-(?:[0-9a-f]{8}|[0-9a-f]{17})$/)
  .describe("An EC2 Instance Connect Endpoint's id: `eice-` and 8 or 17 lower-case hex digits.");

/** The rule of `InstanceOSUser` in the service model of EC2 Instance Connect, to the letter. */
export const osUser = z
  .string()
  .regex(
    /(^[A-Za-z_][A-Za-z0-9@._-]{0,30}[A-Za-z0-9$_-]?$)|(^(?=.{2,32}$)[0-9]{1,32}[A-Za-z@._-][A-Za-z0-9@._-]*[A-Za-z0-9$_-]?$)/,
  )
  .describe("A user of the instance's operating system, such as `ec2-user`.");

export const accountId = z.string().describe("The AWS account that the instance is in.");
export const region = z.string().describe("The AWS region that the instance is in.");
export const availabilityZone = z.string().describe("The availability zone that the instance is in.");

export const connectionType = z
  .enum(["direct", "eice"])
  .describe("`direct` dials the instance's own address, `eice` goes through an EC2 Instance Connect Endpoint.");

/** How a connection that is made reaches its instance. */
export const reachedBy = z
  .enum(["direct", "eice", "serial"])
  .describe(
    "`direct` dials the instance's own address, `eice` goes through an EC2 Instance Connect Endpoint, `serial` to its serial console.",
  );

export const ipAddress = z.union([z.ipv4(), z.ipv6()]).describe("An IPv4 or IPv6 address of the instance.");

/** What can be dialled: an address, or the name of a region's serial consoles. */
export const host = z.union([z.ipv4(), z.ipv6(), z.hostname()]).describe("An IPv4 or IPv6 address, or a host name.");

export const port = z.int().min(1).max(65_535).describe("The port of the instance's SSH server.");

/** The range of `maxTunnelDuration`. */
export const maxTunnelSeconds = z.int().min(1).max(3600).describe("Seconds that the tunnel may stay open.");

/**
 * Free text for the trail: one line with something to see in it, 500 characters at most, to keep an item small. Without control
 * characters, those among them that turn the direction of text: reviewers would read another text than was sent. A lone
 * surrogate is no text: what is stored would not be what was sent.
 */
export const reason = z
  .string()
  .min(1)
  .max(500)
  .regex(/^(?=.*[\p{L}\p{N}\p{P}\p{S}])[^\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]*$/u)
  .describe("Why access is wanted, in one line: it stands in the trail.");

export const fingerprint = z
  .string()
  .regex(/^SHA256:/)
  .describe("The key's SHA-256 fingerprint, as `ssh-keygen -l` prints it.");

/** ISO 8601, UTC. */
export const time = z.iso.datetime();

/** The fields of a options: how a connection is asked for, and how a decision about one is. */
export const options = {
  osUser: osUser
    .optional()
    .describe(
      "The OS user to log in as. Left out: the instance's tag `latchkey:os-user`, else what its image's name suggests, else the stack's own default.",
    ),
  connectionType: z
    .enum(["auto", "direct", "eice", "serial"])
    .default("auto")
    .describe(
      "How to reach the instance: `direct` dials its address, `eice` goes through an EC2 Instance Connect Endpoint, `auto` takes what is usable of the two. `serial` is the serial console, where the stack and policy allow it.",
    ),
  ipAddress: ipAddress
    .optional()
    .describe("Which of the instance's addresses to reach. Needs `connectionType` `direct` or `eice`."),
  endpointId: endpointId.optional().describe("Which EC2 Instance Connect Endpoint to go through."),
  port: port
    .optional()
    .describe("The port of the instance's SSH server, for `direct` alone: through an endpoint it is 22."),
};
