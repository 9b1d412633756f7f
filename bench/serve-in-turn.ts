import { readSync } from "node:fs";

const chunk = Buffer.alloc(64 * 1024);
let pending = "";

/** The next line, or undefined at the end. Blocks the process meanwhile. */
function readLine(): string | undefined {
  while (!pending.includes("\n")) {
    const length = readSync(0, chunk);
    if (length === 0) return undefined;
    pending += chunk.toString("utf8", 0, length);
  }
  const end = pending.indexOf("\n");
  const line = pending.slice(0, end);
  pending = pending.slice(end + 1);
  return line;
}

/** Serves one event after the other, until no more come. @param answer serves one. */
export async function serveInTurn(answer: (line: string) => Promise<void>): Promise<void> {
  for (let line = readLine(); line !== undefined; line = readLine()) await answer(line);
}
