import type { HostKeyLine } from "../../ssh-format/host-key-line.ts";
import type { InstanceKey } from "../shared/instance.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import { type ConsolePending, type ConsoleReading, type ConsoleRefusal, readConsoleBlock } from "./console-block.ts";
import { hostKeyEvent } from "./host-key-event.ts";
import type { HostKeyRecord, HostKeyStore } from "./ports.ts";
import type { StoredHostKey } from "./stored-host-key.ts";

/** An instance's console output, as EC2 has it. */
export interface ConsoleOutput {
  /** One character a byte. */
  readonly text: string;
  /** When EC2 last updated it. Undefined: never. */
  readonly updatedAt: Date | undefined;
}

/** When an instance was started. */
export interface InstanceStarts {
  readonly first: Date;
  readonly last: Date;
}

/** What EC2 knows about a boot. Each call rejects with a Problem, and stops when its signal aborts. */
export interface BootReader {
  /** Undefined if there is no such instance in this account and region. */
  readConsole(instanceId: string, signal: AbortSignal): Promise<ConsoleOutput | undefined>;
  /** As `readConsole`. */
  readStarts(instanceId: string, signal: AbortSignal): Promise<InstanceStarts | undefined>;
}

export interface CapturePorts {
  readonly boots: BootReader;
  readonly hostKeys: HostKeyStore;
}

/** An instance that has started. */
export interface RunningInstance extends InstanceKey {
  readonly at: Date;
}

/** The outcome of reading a console once. */
export type CaptureOutcome =
  | { readonly outcome: "captured"; readonly fingerprints: readonly string[] }
  /** The keys are the ones that were captured before. */
  | { readonly outcome: "known" }
  /** The keys differ from the captured ones, and are not accepted. */
  | { readonly outcome: "changed"; readonly fingerprints: readonly string[] }
  | { readonly outcome: "refused"; readonly why: ConsoleRefusal }
  /** No key was captured before, and this is not the first boot: nothing is accepted. */
  | { readonly outcome: "not-first-start" }
  | { readonly outcome: "no-such-instance" }
  /** As far as EC2 knows, the boot has not shown its keys yet. */
  | { readonly outcome: "pending"; readonly why: ConsolePending | "earlier-boot" };

/**
 * Reads the console of an instance that has started, and records the host keys on it if none were captured before. It never
 * replaces captured keys, and leaves keys of other sources alone.
 *
 * EC2 may still return the output of an earlier boot. So keys are recorded only if, after reading, the first start is still
 * the only one: then the output is from the first boot. (cloud-init prints host keys only then; a later block has another
 * author.) Output of a later boot is compared with the known keys, unless it is older than the start.
 *
 * @throws Problem as the ports do; `upstream-unavailable` after too many conflicts.
 */
export async function captureHostKeys(
  ports: CapturePorts,
  { at, ...instance }: RunningInstance,
  context: RequestContext,
): Promise<CaptureOutcome> {
  const { signal } = context.deadline;
  const output = await ports.boots.readConsole(instance.instanceId, signal);
  if (!output) return { outcome: "no-such-instance" };
  const reading = readConsoleBlock(output.text);
  if ("pending" in reading) return { outcome: "pending", why: reading.pending };
  const isOld = output.updatedAt === undefined || output.updatedAt < at;
  const read = () => ports.hostKeys.read(instance, signal);
  return retryOnConflict(await read(), read, async (record): Promise<CaptureOutcome | undefined> => {
    const captured = record.hostKeys.filter(({ source }) => source === "console");
    if ("keys" in reading && captured.length === 0) {
      return recordFirst(ports, record, { instance, keys: reading.keys }, context);
    }
    return isOld ? { outcome: "pending", why: "earlier-boot" } : compare(reading, captured);
  });
}

interface Finding {
  readonly instance: InstanceKey;
  readonly keys: readonly HostKeyLine[];
}

/** @returns undefined if the record has changed in the meantime. */
async function recordFirst(
  ports: CapturePorts,
  record: HostKeyRecord,
  { instance, keys }: Finding,
  { requestId, deadline: { signal }, clock }: RequestContext,
): Promise<CaptureOutcome | undefined> {
  const starts = await ports.boots.readStarts(instance.instanceId, signal);
  if (!starts) return { outcome: "no-such-instance" };
  if (!isFirst(starts)) return { outcome: "not-first-start" };
  const at = clock();
  const hostKeys = keys.map(({ key }): StoredHostKey => ({ key, source: "console", observedAt: at.toISOString() }));
  const change = { afterSequence: record.sequence, type: "host-keys.captured", actor: "latchkey" } as const;
  const event = hostKeyEvent({ ...change, ...instance, hostKeys, requestId, at });
  const replacement = { before: record, hostKeys: [...record.hostKeys, ...hostKeys], event };
  const isWritten = await ports.hostKeys.write(instance, replacement, signal);
  return isWritten ? { outcome: "captured", fingerprints: fingerprintsOf(keys) } : undefined;
}

/** Seconds between the two times that EC2 records of one start. A stop and another start take longer. */
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
  // A block has no type twice, so equal counts mean that every known key is shown.
  const isSame = reading.keys.length === known.size && reading.keys.every(({ key }) => known.has(key));
  return isSame ? { outcome: "known" } : { outcome: "changed", fingerprints: fingerprintsOf(reading.keys) };
}

function fingerprintsOf(keys: readonly HostKeyLine[]): readonly string[] {
  return keys.map(({ fingerprint }) => fingerprint);
}
