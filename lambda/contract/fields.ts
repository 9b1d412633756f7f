import * as z from "zod";

/** `i-` and 8 or 17 lower-case hex digits, as EC2 makes them. */
export const instanceId = z.string().regex(/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/);

/** `eice-` and 8 or 17 lower-case hex digits. */
export const endpointId = z.string().regex(/^eice-(?:[0-9a-f]{8}|[0-9a-f]{17})$/);

/** The rule of `InstanceOSUser` in the service model of EC2 Instance Connect, to the letter. */
export const osUser = z
  .string()
  .regex(
    /(^[A-Za-z_][A-Za-z0-9@._-]{0,30}[A-Za-z0-9$_-]?$)|(^(?=.{2,32}$)[0-9]{1,32}[A-Za-z@._-][A-Za-z0-9@._-]*[A-Za-z0-9$_-]?$)/,
  );

export const wishedConnectionType = z.enum(["auto", "direct", "eice"]);
export const connectionType = z.enum(["direct", "eice"]);

export const ipAddress = z.union([z.ipv4(), z.ipv6()]);

export const port = z.int().min(1).max(65_535);

/** Seconds that a tunnel may stay open: the range of `maxTunnelDuration`. */
export const maxTunnelSeconds = z.int().min(1).max(3600);

/**
 * Free text for the trail: one line without control characters, 500 characters at most, to keep an item small. A lone
 * surrogate is no text: what is stored would not be what was sent.
 */
export const reason = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u);

/** ISO 8601, UTC. */
export const time = z.iso.datetime();
