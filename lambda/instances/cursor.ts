import { isPlace } from "../inventory/rows.ts";
import { invalidField } from "../shared/problem.ts";

/** Bytes of the longest cursor: a place has some 900, in base64url. */
export const instanceCursorSize = 1200;

/** The cursor behind a place. Callers get it sealed, as `SealedCursors` does. */
export const writeCursor = (place: string) => Buffer.from(place).toString("base64url");

/** The place that a list goes on behind. @throws Problem `invalid-request` for anything that `writeCursor` has not written. */
export function readCursor(text: string): string {
  const place = Buffer.from(text, "base64url").toString();
  if (writeCursor(place) === text && isPlace(place)) return place;
  throw invalidField("/cursor", "not-a-cursor");
}
