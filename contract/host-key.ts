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

/** As many as an operator would ever register of one instance: sshd has one key of each type. */
const mostHostKeys = 10;

/** Body of `PUT /v1/instances/{instanceId}/host-keys`. */
export const hostKeysBody = z
  .strictObject({
    hostKeys: z
      .array(
        z.strictObject({
          key: z
            .string()
            .describe(
              "One host key, as in `/etc/ssh/ssh_host_ed25519_key.pub`: `<type> <base64>`, and maybe a comment.",
            )
            .meta({
              examples: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9mi/PRmniWlz3bAnI9jWYVk9yPG4hWkNSn/Duasj66 root@web-1"],
            }),
        }),
      )
      .max(mostHostKeys)
      .describe(
        "All that is to be registered of the instance: what was registered before is replaced. None: forget it.",
      ),
  })
  .meta({ id: "HostKeysBody", description: "The host keys that an operator vouches for." });

export const hostKeyList = z
  .object({ hostKeys: z.array(hostKey).describe("The host keys to accept from now on.") })
  .meta({ id: "HostKeyList", description: "The host keys that Latchkey knows of an instance." });

export type HostKeyList = z.infer<typeof hostKeyList>;
