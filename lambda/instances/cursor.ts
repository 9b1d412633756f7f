import * as z from "zod";
import { invalidField } from "../http/problem.ts";

/** Where the next page of instances begins: at one of EC2's own pages, behind some of its instances. */
const instanceCursor = z.strictObject({ token: z.string().max(2048).optional(), skip: z.int().min(0).max(1000) });

export type InstanceCursor = z.infer<typeof instanceCursor>;

export function writeCursor(cursor: InstanceCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

/** @throws Problem `invalid-request` for whatever `writeCursor` has not written. */
export function readCursor(text: string | undefined): InstanceCursor {
  if (text === undefined) return { skip: 0 };
  try {
    return instanceCursor.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
  } catch {
    throw invalidField("/cursor", "not-a-cursor");
  }
}
