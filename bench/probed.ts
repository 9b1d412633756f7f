import { existsSync, readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import type tls from "node:tls";
import { authorityVariable, trustFrom } from "./authority.ts";
import { now } from "./clock.ts";
import type { ProbeEnded, ProbeLoaded, ProbeResponse } from "./probe-process.ts";
import type { Span } from "./trace.ts";

/**
 * What both probes do as Lambda's runtime does it. They are bundled themselves and load nothing more, because anything they
 * load would hide differences between bundles.
 */

type Handler = (event: unknown, context: object) => Promise<ProbeResponse["result"]>;

/** Milliseconds allowed for an event. */
const timeout = 10_000;

const reply = (message: ProbeLoaded | ProbeResponse | ProbeEnded) => writeSync(3, `${JSON.stringify(message)}\n`);

/**
 * Loads the bundle that the command line names.
 *
 * @param onTls is called with TLS before the bundle has it.
 * @returns what has it serve one event, and replies.
 */
export function loadBundle(onTls?: (loaded: typeof tls) => void): (line: string) => Promise<void> {
  const runningAt = now();
  const bundle = process.argv[2] ?? "";
  const authority = process.env[authorityVariable];
  if (authority) trustFrom(authority, onTls);
  const { handler }: { handler: Handler } = createRequire(bundle)(bundle);
  reply({ runningAt, loadedAt: now() });
  return async (line) => {
    const end = Date.now() + timeout;
    const context = { awsRequestId: "bench", getRemainingTimeInMillis: () => end - Date.now() };
    const { id, event } = JSON.parse(line);
    const result = await handler(event, context);
    const { user, system } = process.cpuUsage();
    reply({ id, respondedAt: now(), result, cpu: (user + system) / 1000 });
  };
}

/** Bytes now, and at most. On Linux `maxRSS` includes the parent's peak; `VmHWM` is the process's own. */
function residentMemory(): ProbeEnded {
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
  const own = /^VmHWM:\s+([0-9]+) kB$/m.exec(status)?.[1];
  const peakMemory = Number(own ?? process.resourceUsage().maxRSS) * 1024;
  return { peakMemory, memory: process.memoryUsage.rss() };
}

/** @param served settles when no more events come. @param spans to report. */
export function endAfter(served: Promise<void>, spans?: readonly Span[]): void {
  served.then(
    () => {
      reply({ ...residentMemory(), ...(spans && { spans }) });
      // The SDK keeps connections open.
      process.exit();
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
