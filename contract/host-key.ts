import * as z from "zod";
import { fingerprint, time } from "./fields.ts";

/** A host key that Latchkey vouches for, and how far. */
export const hostKey = z
  .object({
    type: z.string().describe("The key's type, such as `ssh-ed25519`."),
    key: z.string().describe("`<type> <base64>`, as in a known_hosts line."),
    fingerprint,
    source: z
      .enum(["registered", "console", "pinned"])
      .describe("Where the key comes from: registered, read from the console output, or pinned at first use."),
    observedAt: time.describe("When Latchkey first saw the key, in UTC."),
    trust: z.enum(["high", "medium", "low"]).describe("How far that source can be trusted."),
  })
  .meta({ id: "HostKey", description: "A host key that Latchkey vouches for, and how far." });

export type HostKey = z.infer<typeof hostKey>;

/** More than an operator needs for one instance: sshd has one key of each type. */
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
              "One host key, as in `/etc/ssh/ssh_host_ed25519_key.pub`: `<type> <base64>`, with an optional comment.",
            )
            .meta({
              examples: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9mi/PRmniWlz3bAnI9jWYVk9yPG4hWkNSn/Duasj66 root@web-1"],
            }),
        }),
      )
      .max(mostHostKeys)
      .describe(
        "All host keys to register for the instance. They replace those registered before; an empty list removes them.",
      ),
  })
  .meta({ id: "HostKeysBody", description: "The host keys that an operator vouches for." });

export const hostKeyList = z
  .object({ hostKeys: z.array(hostKey).describe("The host keys to accept from now on.") })
  .meta({ id: "HostKeyList", description: "The host keys that Latchkey knows of an instance." });

export type HostKeyList = z.infer<typeof hostKeyList>;
