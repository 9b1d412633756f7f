import { existsSync, readFileSync, readSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { authorityVariable, trustFrom } from "./authority.ts";
import type { ProbeEnded, ProbeLoaded, ProbeResponse } from "./probe-process.ts";

/**
 * Stand-in for Lambda's runtime: loads the given bundle, then reads one event per line from descriptor 0 and writes the response
 * to descriptor 3.
 *
 * It is bundled itself and loads nothing more, because anything it loads would hide differences between bundles. Lambda's runtime
 * is native code that waits for the next event in the same way, with the function frozen.
 */

type Handler = (event: unknown, context: object) => Promise<ProbeResponse["result"]>;

/** Milliseconds allowed for an event. */
const timeout = 10_000;

const reply = (message: ProbeLoaded | ProbeResponse | ProbeEnded) => writeSync(3, `${JSON.stringify(message)}\n`);

/** Milliseconds on the clock that all processes of a machine share. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

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

async function serve(): Promise<void> {
  const bundle = process.argv[2] ?? "";
  const authority = process.env[authorityVariable];
  if (authority) trustFrom(authority);
  const { handler }: { handler: Handler } = createRequire(bundle)(bundle);
  reply({ loadedAt: now() });
  for (let line = readLine(); line !== undefined; line = readLine()) {
    const end = Date.now() + timeout;
    const context = { awsRequestId: "bench", getRemainingTimeInMillis: () => end - Date.now() };
    const result = await handler(JSON.parse(line), context);
    const { user, system } = process.cpuUsage();
    reply({ respondedAt: now(), result, cpu: (user + system) / 1000 });
  }
  reply({ peakMemory: peakMemory() });
}

/** Bytes. On Linux `maxRSS` includes the parent's peak; `VmHWM` is the process's own. */
function peakMemory(): number {
  const status = "/proc/self/status";
  const own = existsSync(status) ? /^VmHWM:\s+([0-9]+) kB$/m.exec(readFileSync(status, "utf8"))?.[1] : undefined;
  return Number(own ?? process.resourceUsage().maxRSS) * 1024;
}

serve().then(
  // The SDK keeps connections open.
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
