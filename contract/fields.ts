import * as z from "zod";

// The descriptions appear in the OpenAPI document. A schema overrides one if the field means something more specific there.

export const instanceId = z
  .string()
  .regex(/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/)
  .describe("An instance's id: `i-` and 8 or 17 lower-case hex digits.");

export const endpointId = z
  .string()
  .regex(/^eice-(?:[0-9a-f]{8}|[0-9a-f]{17})$/)
  .describe("An EC2 Instance Connect Endpoint's id: `eice-` and 8 or 17 lower-case hex digits.");

/** The pattern of `InstanceOSUser` in the service model of EC2 Instance Connect. */
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

/** The type of a connection that is made. */
export const reachedBy = z
  .enum(["direct", "eice", "serial"])
  .describe(
    "`direct` dials the instance's own address, `eice` goes through an EC2 Instance Connect Endpoint, `serial` to its serial console.",
  );

export const ipAddress = z.union([z.ipv4(), z.ipv6()]).describe("An IPv4 or IPv6 address of the instance.");

/** A host to dial: an address, or the name of a region's serial consoles. */
export const host = z.union([z.ipv4(), z.ipv6(), z.hostname()]).describe("An IPv4 or IPv6 address, or a host name.");

export const port = z.int().min(1).max(65_535).describe("The port of the instance's SSH server.");

/** The range of `maxTunnelDuration`. */
export const maxTunnelSeconds = z.int().min(1).max(3600).describe("Seconds that the tunnel may stay open.");

/** Characters: items stay small. */
export const longestReason = 500;

/**
 * Free text for the trail: one line with at least one visible character.
 * Text that could be laid out like the lines of the program that shows it is refused: runs of white space, characters that turn
 * text or have no width, piles of combining marks. So are lone surrogates, since the stored text would differ from what was sent.
 */
export const reason = z
  .string()
  .min(1)
  .max(longestReason)
  .regex(
    /^(?=.*[\p{L}\p{N}\p{P}\p{S}])(?!.*\p{Zs}{2})(?!.*\p{M}{3})[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]*$/u,
  )
  .describe("Why access is needed, in one line. It is shown to reviewers and kept in the trail.");

export const fingerprint = z
  .string()
  .regex(/^SHA256:/)
  .describe("The key's SHA-256 fingerprint, as `ssh-keygen -l` prints it.");

/** ISO 8601, UTC. */
export const time = z.iso.datetime();

/** The connection options, which connection requests and decisions share. */
export const options = {
  osUser: osUser
    .optional()
    .describe(
      "The OS user to log in as. Defaults to the instance's tag `latchkey:os-user`, else to what the name of its image suggests, else to the stack's own setting.",
    ),
  connectionType: z
    .enum(["auto", "direct", "eice", "serial"])
    .default("auto")
    .describe(
      "How to reach the instance: `direct` dials its address, `eice` goes through an EC2 Instance Connect Endpoint, `auto` uses whichever is usable. `serial` is the serial console, if the stack and policy allow it.",
    ),
  ipAddress: ipAddress
    .optional()
    .describe("Which of the instance's addresses to use. Needs `connectionType` `direct` or `eice`."),
  endpointId: endpointId.optional().describe("Which EC2 Instance Connect Endpoint to use."),
  port: port
    .optional()
    .describe("The port of the instance's SSH server. An endpoint reaches 22 alone: any other is refused with `eice`."),
};
