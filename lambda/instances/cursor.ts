import * as z from "zod";
import { cursorFormat } from "../lists/cursor.ts";

/** Where the next page starts: one of EC2's pages, and how many of its instances to skip. */
const instanceCursor = z.strictObject({ token: z.string().max(2048).optional(), skip: z.int().min(0).max(1000) });

export type InstanceCursor = z.infer<typeof instanceCursor>;

/** Bytes of the longest cursor: its JSON, in base64url. */
export const instanceCursorSize = 2800;

const format = cursorFormat(instanceCursor);

export const writeCursor = format.write;

/** @throws Problem `invalid-request` for anything that `writeCursor` has not written. */
export function readCursor(text: string | undefined): InstanceCursor {
  return text === undefined ? { skip: 0 } : format.read(text);
}
