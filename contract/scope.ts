import * as z from "zod";
import * as fields from "./fields.ts";

const accountId = z
  .string()
  .regex(/^[0-9]{12}$/)
  .optional();
const region = z
  .string()
  .regex(/^[a-z0-9-]{1,32}$/)
  .optional();

/** The account and region that instances are in, where a request may leave them out. */
export const inTarget = {
  accountId: accountId.describe("Only in this AWS account. Needs `region`."),
  region: region.describe("Only in this AWS region. Needs `accountId`."),
};

/** The same for one instance. */
export const ofInstance = {
  accountId: accountId.describe(
    "The AWS account that the instance is in. Needs `region`. Left out: where the instance is known to be.",
  ),
  region: region.describe("The AWS region that the instance is in. Needs `accountId`."),
};

/** Adds to a schema that account and region go together: the one that is left out is `required`. */
export const togetherInTarget = <
  Schema extends z.ZodType<{ accountId?: string | undefined; region?: string | undefined }>,
>(
  schema: Schema,
) =>
  schema.superRefine(({ accountId, region }, { addIssue }) => {
    if ((accountId === undefined) === (region === undefined)) return;
    const path = [accountId === undefined ? "accountId" : "region"];
    addIssue({ code: "invalid_type", expected: "string", input: undefined, path });
  });

const instanceScope = z
  .strictObject({ instanceId: fields.instanceId })
  .meta({ id: "InstanceScope", description: "One instance." });

/** How many tags a scope names, and EC2's limits on the length of keys and values. */
const scopeLimits = { count: 10, keyLength: 128, valueLength: 256 } as const;

const tagScope = togetherInTarget(
  z.strictObject({
    tags: z
      .record(z.string().min(1).max(scopeLimits.keyLength), z.string().max(scopeLimits.valueLength))
      .refine((tags) => Object.keys(tags).length > 0, "must name a tag")
      .refine((tags) => Object.keys(tags).length <= scopeLimits.count, `must name at most ${scopeLimits.count} tags`)
      .describe("The tags that an instance must have, all of them and exactly so: 1 to 10.")
      .meta({ minProperties: 1, maxProperties: scopeLimits.count }),
    ...inTarget,
  }),
).meta({ id: "TagScope", description: "Every instance that has all of these tags." });

/** What an access request covers. */
export const scope = z
  .union([instanceScope, tagScope])
  .describe("What access is for: one instance, or every instance with certain tags.");
