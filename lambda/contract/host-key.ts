import * as z from "zod";
import { time } from "./fields.ts";

/** A host key that Latchkey vouches for, and how far. */
export const hostKey = z.object({
  /** `ssh-ed25519`, `ssh-rsa`, … */
  type: z.string(),
  /** `<type> <base64>`, as it stands in a known_hosts line. */
  key: z.string(),
  fingerprint: z.string().regex(/^SHA256:/),
  source: z.enum(["registered", "console", "pinned"]),
  observedAt: time,
  trust: z.enum(["high", "medium", "low"]),
});

export type HostKey = z.infer<typeof hostKey>;
