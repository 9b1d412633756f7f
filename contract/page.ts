import * as z from "zod";
import * as fields from "./fields.ts";

/** Query of every list. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^[0-9]{1,3}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(50)
    .describe("The most items of a page."),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,4096}$/)
    .optional()
    .describe("The `nextCursor` of the previous page, for the same caller and parameters; only `limit` may differ."),
};

/** An account and region that a list may lack entries of. */
const incompleteTarget = z
  .object({
    accountId: fields.accountId,
    region: fields.region,
    code: z.string().describe("Why, such as `upstream-unavailable`: a problem's code."),
  })
  .meta({ id: "IncompleteTarget", description: "An account and region that a list may lack entries of, and why." });

/** A page of a list. It may be short while more items follow, and empty if the work for one page found none. */
export function pageOf<Item extends z.ZodType>(item: Item, id: string, description: string) {
  return z
    .object({
      items: z
        .array(item)
        .describe("A page may be short while more items follow. It is empty only if the work for one page found none."),
      nextCursor: z.string().optional().describe("The `cursor` of the next page, encrypted. Absent on the last page."),
      incomplete: z
        .array(incompleteTarget)
        .optional()
        .describe(
          "The accounts and regions that could not be read, of those in which the caller may see an instance. Absent if there are none.",
        ),
    })
    .meta({ id, description });
}
