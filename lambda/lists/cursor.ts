import type * as z from "zod";
import { invalidField } from "../shared/problem.ts";

/** How a list's cursors are written and read. */
export interface CursorFormat<Cursor> {
  write(cursor: Cursor): string;
  /** @throws Problem `invalid-request` for a text that `write` has not written. */
  read(text: string): Cursor;
}

/**
 * The cursors of a list: JSON in base64url. Callers get them sealed, as `SealedCursors` does.
 *
 * @param schema strict. Fields are written in its order.
 */
export function cursorFormat<Cursor>(schema: z.ZodType<Cursor>): CursorFormat<Cursor> {
  const write = (cursor: Cursor) => Buffer.from(JSON.stringify(cursor)).toString("base64url");
  return {
    write,
    read(text) {
      try {
        const cursor = schema.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
        // One cursor is one text: no other order of fields, no space, no other base64.
        if (write(cursor) === text) return cursor;
      } catch {
        // Neither JSON nor the schema's: refused below, without an echo of the input.
      }
      throw invalidField("/cursor", "not-a-cursor");
    },
  };
}
