import * as z from "zod";

/** Who calls: answered by `GET /v1/whoami`, and what every decision is made on. */
export const caller = z.object({
  /** A person's session name, or a machine's `<account>/<role>`. */
  id: z.string(),
  kind: z.enum(["person", "machine"]),
  /** `<account>/<role>`: the account is a part of a group, always. */
  groups: z.array(z.string()),
  frontDoor: z.enum(["iam"]),
});

export type Caller = z.infer<typeof caller>;
