import { once } from "node:events";
import { watch } from "node:fs";
import type { Readable } from "node:stream";

/**
 * Resolves with the first value that a look finds: at once, or after a change of a file or directory. Jest's own time-out is the
 * bound.
 *
 * @param signal ends the wait before. @throws its AbortError
 */
export async function untilChanged<T>(
  place: string,
  look: () => T | undefined | Promise<T | undefined>,
  signal?: AbortSignal,
): Promise<T> {
  const watcher = watch(place);
  try {
    for (;;) {
      // Before the look: what changes meanwhile counts.
      const changed = once(watcher, "change", { signal });
      changed.catch(() => {});
      const found = await look();
      if (found !== undefined) return found;
      await changed;
    }
  } finally {
    watcher.close();
  }
}

/** Resolves when a stream has said what the pattern finds. What it goes on to say is read, too. */
export function untilSaid(stream: Readable, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let said = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
      const found = pattern.exec(said);
      if (found !== null) resolve(found);
    });
    stream.once("end", () => reject(new Error(`It did not say ${pattern}, but: ${said}`)));
  });
}
