import * as z from "zod";
import { personIdForm } from "./person-id.ts";

export const personId = z.string().regex(personIdForm);

/** The caller: the response of `GET /v1/whoami`, and what every decision is made on. */
export const caller = z
  .object({
    id: z
      .string()
      .describe(
        "A person's id in lower case, or a machine's: `<account>/<role>`, or `<issuer>/<mapping>/<claims>` with each claim percent-encoded.",
      ),
    kind: z
      .enum(["person", "machine"])
      .describe(
        "A person has signed in under a role whose session names are pinned, or as an issuer's `people` mapping says. Every other caller is a machine.",
      ),
    groups: z.array(z.string()).describe("The caller's groups, by the short names that policies use."),
    frontDoor: z
      .enum(["iam", "oidc"])
      .describe(
        "How the caller was authenticated: `iam` is AWS Signature Version 4, `oidc` a token of an OpenID provider.",
      ),
    sources: z
      .array(z.string())
      .describe(
        "What the groups come from: `iam:<account>/<role>` for the role that the caller has assumed, `<issuer>:<group>` for the groups of a token that the settings know.",
      ),
  })
  .meta({ id: "Caller", description: "The caller, as every decision sees them." });

export type Caller = z.infer<typeof caller>;
