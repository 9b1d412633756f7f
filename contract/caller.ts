import * as z from "zod";

/** Who acts where time does: nobody who calls has this id. */
export const ownId = "latchkey";

/** Who calls: answered by `GET /v1/whoami`, and what every decision is made on. */
export const caller = z
  .object({
    id: z.string().describe("A person's session name, or a machine's `<account>/<role>`."),
    kind: z
      .enum(["person", "machine"])
      .describe("A person has come under a role whose session names are pinned. Every other caller is a machine."),
    groups: z.array(z.string()).describe("`<account>/<role>`: the account is a part of a group, always."),
    frontDoor: z.enum(["iam"]).describe("How the caller was authenticated: `iam` is AWS Signature Version 4."),
  })
  .meta({ id: "Caller", description: "Who calls, as every decision sees them." });

export type Caller = z.infer<typeof caller>;
