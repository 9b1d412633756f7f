import { createInterface } from "node:readline";
import { endAfter, loadBundle } from "./probed.ts";

// As `probe.ts`, but serves events as they come, several at a time.

async function serve(): Promise<void> {
  const serveOne = loadBundle();
  for await (const line of createInterface({ input: process.stdin })) serveOne(line).catch(fail);
}

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}

endAfter(serve());
