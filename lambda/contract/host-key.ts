import * as z from "zod";
import { fingerprint, time } from "./fields.ts";

/** A host key that Latchkey vouches for, and how far. */
export const hostKey = z
  .object({
    type: z.string().describe("The key's type, such as `ssh-ed25519`."),
    key: z.string().describe("`<type> <base64>`, as it stands in a known_hosts line."),
    fingerprint,
    source: z
      .enum(["registered", "console", "pinned"])
      .describe(
        "How Latchkey learnt the key: registered with it, read from the console's output, or pinned at first use.",
      ),
    observedAt: time.describe("When it learnt the key, in UTC."),
    trust: z.enum(["high", "medium", "low"]).describe("How far that source can be trusted."),
  })
  .meta({ id: "HostKey", description: "A host key that Latchkey vouches for, and how far." });

export type HostKey = z.infer<typeof hostKey>;
