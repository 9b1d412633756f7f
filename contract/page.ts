import * as z from "zod";

/** Query of every list. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^[0-9]{1,3}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(50)
    .describe("How many items a page may have."),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,4096}$/)
    .optional()
    .describe("The `nextCursor` of the page before, asked with the same parameters."),
};

/** A page of a list: it may be short, or even empty, while there are more. */
export function pageOf<Item extends z.ZodType>(item: Item, id: string, description: string) {
  return z
    .object({
      items: z.array(item).describe("A page may be short, or even empty, while there are more."),
      nextCursor: z.string().optional().describe("The next page's `cursor`. Left out: this page is the last."),
    })
    .meta({ id, description });
}
