import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { BundleName } from "../contract/routes.ts";
import { hostKeysKey } from "../lambda/aws/dynamodb/table-keys.ts";
import { CallLog } from "../local/aws/call-log.ts";
import { CredentialStore } from "../local/aws/credentials.ts";
import { EventBus } from "../local/aws/event-bus.ts";
import type { StandInWorld } from "../local/aws/stand-in.ts";
import { startStandIns } from "../local/aws/stand-ins.ts";
import { sampleFleet } from "../local/fleet/sample-fleet.ts";
import { functionEnvironment } from "../local/functions/function-environment.ts";
import { ActiveKeys } from "../local/instances/active-keys.ts";
import { Consoles } from "../local/instances/consoles.ts";
import { startLoginTargets } from "../local/instances/login-targets.ts";
import { account, region, settings } from "../local/shared/account.ts";
import type { RunningParts } from "../local/shared/running-parts.ts";

export interface BenchAws {
  /** Logs every call; its latency can be changed. */
  readonly world: StandInWorld;
  /** A function's environment. */
  readonly environmentOf: (name: BundleName) => Readonly<Record<string, string>>;
}

/** The local stack's AWS without gateway and functions: the bench starts connect itself. */
export async function startAws(parts: RunningParts): Promise<BenchAws> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-bench-"));
  parts.keep({ stop: () => rm(directory, { recursive: true, force: true }) });
  const clock = () => new Date();
  const world = { clock, latency: 0, log: new CallLog(), credentials: new CredentialStore() };
  const fleet = sampleFleet();
  const activeKeys = new ActiveKeys(clock);
  const logins = parts.keep(await startLoginTargets(fleet, activeKeys, directory, true));
  const targets = [{ fleet, activeKeys, logins, consoles: new Consoles(clock) }];
  const { endpoints, table } = await startStandIns(world, settings, { targets, bus: new EventBus() }, parts);
  await table.seed([...logins.hostKeys].map(([instanceId, key]) => hostKeysItem(instanceId, key, clock())));
  return { world, environmentOf: (name) => functionEnvironment(name, settings, endpoints, world.credentials) };
}

/** The host keys that `capture` would have written; the bench does not start it. */
function hostKeysItem(instanceId: string, key: string, at: Date): object {
  const hostKeys = [{ key, source: "console", observedAt: at.toISOString() }];
  return { ...hostKeysKey({ accountId: account, region, instanceId }), hostKeys, sequence: 1, events: [] };
}
