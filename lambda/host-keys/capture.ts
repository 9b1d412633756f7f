import type { HostKeyLine } from "../../ssh-format/host-key-line.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import { type ConsoleReading, type ConsoleRefusal, readConsoleBlock } from "./console-block.ts";
import { hostKeyEvent } from "./host-key-event.ts";
import type { HostKeyRecord, HostKeyStore } from "./ports.ts";
import type { StoredHostKey } from "./stored-host-key.ts";

/** What EC2 has of an instance's console. */
export interface ConsoleOutput {
  /** One character a byte. */
  readonly text: string;
  /** When EC2 last got any of it. Undefined: never. */
  readonly updatedAt: Date | undefined;
}

/** When an instance was started. */
export interface InstanceStarts {
  readonly first: Date;
  readonly last: Date;
}

/** All that a capture reaches outside for. Each rejects with a Problem, and ends when its signal does. */
export interface CapturePorts {
  clock(): Date;
  /** Undefined where there is no such instance in this account and region. */
  readConsole(instanceId: string, signal: AbortSignal): Promise<ConsoleOutput | undefined>;
  /** As `readConsole`. */
  readStarts(instanceId: string, signal: AbortSignal): Promise<InstanceStarts | undefined>;
  readonly hostKeys: HostKeyStore;
}

/** An instance that has come to run. */
export interface RunningInstance {
  readonly instanceId: string;
  readonly at: Date;
}

/** What came of one look at a console. */
export type CaptureOutcome =
  | { readonly outcome: "captured"; readonly fingerprints: readonly string[] }
  /** The keys are those that were captured before. */
  | { readonly outcome: "known" }
  /** They are not, and are not taken. */
  | { readonly outcome: "changed"; readonly fingerprints: readonly string[] }
  | { readonly outcome: "refused"; readonly why: ConsoleRefusal }
  /** Nothing is known of the instance, and this is not its first boot: nothing is taken. */
  | { readonly outcome: "not-first-start" }
  | { readonly outcome: "no-such-instance" }
  /** The boot has not shown its keys yet, as far as EC2 tells. */
  | { readonly outcome: "pending"; readonly why: "no-block" | "unfinished-block" | "earlier-boot" };

/**
 * Looks at the console of an instance that has come to run, and takes the host keys that it shows where none were captured
 * before. Keys that were captured are never replaced, and no other source's are touched.
 *
 * EC2 may still answer with an earlier boot's output. What the instance's first start is followed by is of its first boot, though,
 * whenever it is looked at: so keys are taken only where, after the look, the first start is still the only one. (cloud-init
 * prints them in that boot alone; what shows some later is something else, or was told to.) What a later boot shows is held
 * against what is known; an output that is older than the start tells nothing of that.
 *
 * @throws Problem whatever the ports throw; `upstream-unavailable` where others write the same record each time.
 */
export async function captureHostKeys(
  ports: CapturePorts,
  { instanceId, at }: RunningInstance,
  requestId: string,
  signal: AbortSignal,
): Promise<CaptureOutcome> {
  const output = await ports.readConsole(instanceId, signal);
  if (!output) return { outcome: "no-such-instance" };
  const reading = readConsoleBlock(output.text);
  if ("pending" in reading) return { outcome: "pending", why: reading.pending };
  const isOld = output.updatedAt === undefined || output.updatedAt < at;
  const read = () => ports.hostKeys.read(instanceId, signal);
  return retryOnConflict(await read(), read, async (record): Promise<CaptureOutcome | undefined> => {
    const captured = record.hostKeys.filter(({ source }) => source === "console");
    if ("keys" in reading && captured.length === 0) {
      return takeFirst(ports, record, { instanceId, keys: reading.keys, requestId }, signal);
    }
    return isOld ? { outcome: "pending", why: "earlier-boot" } : compare(reading, captured);
  });
}

interface Finding {
  readonly instanceId: string;
  readonly keys: readonly HostKeyLine[];
  readonly requestId: string;
}

/** @returns undefined where the record has changed meanwhile. */
async function takeFirst(
  ports: CapturePorts,
  record: HostKeyRecord,
  { instanceId, keys, requestId }: Finding,
  signal: AbortSignal,
): Promise<CaptureOutcome | undefined> {
  const starts = await ports.readStarts(instanceId, signal);
  if (!starts) return { outcome: "no-such-instance" };
  if (!isFirst(starts)) return { outcome: "not-first-start" };
  const at = ports.clock();
  const hostKeys = keys.map(({ key }): StoredHostKey => ({ key, source: "console", observedAt: at.toISOString() }));
  const change = { afterSequence: record.sequence, type: "host-keys.captured", actor: "latchkey" } as const;
  const event = hostKeyEvent({ ...change, instanceId, hostKeys, requestId, at });
  const isWritten = await ports.hostKeys.write(instanceId, record, [...record.hostKeys, ...hostKeys], event, signal);
  return isWritten ? { outcome: "captured", fingerprints: fingerprintsOf(keys) } : undefined;
}

/** Seconds between the moments that EC2 notes of one start: more than it takes, and less than to stop and start again. */
const startSpread = 10;

function isFirst({ first, last }: InstanceStarts): boolean {
  return Math.abs(last.getTime() - first.getTime()) <= startSpread * 1000;
}

function compare(
  reading: Exclude<ConsoleReading, { readonly pending: unknown }>,
  captured: readonly StoredHostKey[],
): CaptureOutcome {
  if ("refused" in reading) return { outcome: "refused", why: reading.refused };
  const known = new Set(captured.map(({ key }) => key));
  // As many, since no type stands twice in a block: and so each known one is shown.
  const isSame = reading.keys.length === known.size && reading.keys.every(({ key }) => known.has(key));
  return isSame ? { outcome: "known" } : { outcome: "changed", fingerprints: fingerprintsOf(reading.keys) };
}

function fingerprintsOf(keys: readonly HostKeyLine[]): readonly string[] {
  return keys.map(({ fingerprint }) => fingerprint);
}
