import * as z from "zod";

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
    .describe("The `nextCursor` of the previous page, with the same parameters."),
};

/** A page of a list. It may be short, or even empty, while there are more items. */
export function pageOf<Item extends z.ZodType>(item: Item, id: string, description: string) {
  return z
    .object({
      items: z.array(item).describe("A page may be short, or even empty, while there are more items."),
      nextCursor: z.string().optional().describe("The `cursor` of the next page. Absent on the last page."),
    })
    .meta({ id, description });
}
