import * as z from "zod";

/** The actor of what happens by time alone. No caller has this id. */
export const ownId = "latchkey";

/**
 * A person's id: ASCII, in lower case, so that one person has one id whichever way they sign in. STS takes each as a
 * RoleSessionName and as a SourceIdentity, and none is a machine's there.
 */
export const personId = z.string().regex(/^(?!latchkey$)(?!.*-[0-9a-f]{24}$)[a-z0-9][a-z0-9._+=,@-]{1,63}$/);

/** Whether a name has the form of a machine's in CloudTrail, which ends with a hash. No person's id has it. */
export const isMachineSessionName = (name: string): boolean => /-[0-9a-f]{24}$/.test(name);

/** The caller: the response of `GET /v1/whoami`, and what every decision is made on. */
export const caller = z
  .object({
    id: z.string().describe("A person's id in lower case, or a machine's `<account>/<role>`."),
    kind: z
      .enum(["person", "machine"])
      .describe("A person has signed in under a role whose session names are pinned. Every other caller is a machine."),
    groups: z.array(z.string()).describe("The caller's groups, by the short names that policies use."),
    frontDoor: z.enum(["iam"]).describe("How the caller was authenticated: `iam` is AWS Signature Version 4."),
    sources: z
      .array(z.string())
      .describe("What the groups come from: `iam:<account>/<role>` for the role that the caller has assumed."),
  })
  .meta({ id: "Caller", description: "The caller, as every decision sees them." });

export type Caller = z.infer<typeof caller>;
