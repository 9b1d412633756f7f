import * as z from "zod";
import { partitionOf } from "../lambda/shared/target.ts";

export const accountId = z.string().regex(/^[0-9]{12}$/, "must be an account's 12 digits");

export const organizationId = z
  .string()
  .regex(/^o-[a-z0-9]{10,32}$/, "must be an organization's id, such as o-a1b2c3d4e5");

const region = z
  .string()
  .regex(/^[a-z]{2}(?:-[a-z]+)+-[0-9]$/, "must be a region, such as eu-west-1")
  .refine((name) => partitionOf(name) !== undefined, "is in a partition of AWS's that Latchkey does not know");

const regions = z.array(region).min(1);

/** Accounts and regions whose instances Latchkey serves, besides its own. */
export const targets = z.strictObject({
  /** Where the main stack is, which the targets trust. Its own account and region need no entry below. */
  hub: z.strictObject({ account: accountId, region }),
  /**
   * What the hub says whenever it assumes a role of a target. It is no secret: it keeps other software that can be told
   * to assume a role from assuming these by accident.
   */
  externalId: z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, "must be 2 to 1,224 letters, digits and _+=,.@:/-"),
  /** The organization that hub and targets are in. If it is set, targets trust no hub outside of it. */
  organization: organizationId.optional(),
  /** Accounts, each with its regions. */
  accounts: z.array(z.strictObject({ account: accountId, regions })).default([]),
  /**
   * Organizational units with all that is below, each with the regions of all its accounts; a root stands for the
   * organization.
   */
  organizationalUnits: z
    .array(
      z.strictObject({
        id: z
          .string()
          .regex(
            /^(?:ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/,
            "must be the id of an organizational unit, such as ou-ab12-cdefgh34, or of a root, such as r-ab12",
          ),
        regions,
      }),
    )
    .default([]),
  /**
   * Whether the main stack deploys the target stacks of `organizationalUnits`, by stack sets. Its account must be a delegated
   * administrator of CloudFormation StackSets.
   */
  stackSets: z.boolean().default(false),
});

export type Targets = z.infer<typeof targets>;
