import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { bundleNames } from "../contract/routes.ts";
import { hostKeysKey } from "../lambda/aws/dynamodb/table-keys.ts";
import { CallLog } from "../local/aws/call-log.ts";
import { CredentialStore } from "../local/aws/credentials.ts";
import { EventBus } from "../local/aws/event-bus.ts";
import { startStandIns } from "../local/aws/stand-ins.ts";
import { sampleFleet } from "../local/fleet/sample-fleet.ts";
import { functionEnvironment } from "../local/functions/function-environment.ts";
import { ActiveKeys } from "../local/instances/active-keys.ts";
import { Consoles } from "../local/instances/consoles.ts";
import { startLoginTargets } from "../local/instances/login-targets.ts";
import { account, region, settings } from "../local/shared/account.ts";
import { RunningParts } from "../local/shared/running-parts.ts";
import type { StandInsReply, StandInsRequest } from "./stand-ins.ts";

// The stand-ins of `startAws`, as its child. They end when it disconnects.

const parts = new RunningParts();
const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-bench-"));
parts.keep({ stop: () => rm(directory, { recursive: true, force: true }) });
const [tls] = await once(process, "message");
const clock = () => new Date();
const world = { clock, latency: 0, log: new CallLog(), credentials: new CredentialStore(), tls };
const fleet = sampleFleet();
const activeKeys = new ActiveKeys(clock);
const logins = parts.keep(await startLoginTargets(fleet, activeKeys, directory, true));
const targets = [{ fleet, activeKeys, logins, consoles: new Consoles(clock) }];
const { endpoints, table } = await startStandIns(world, settings, { targets, bus: new EventBus() }, parts);
await table.seed([...logins.hostKeys].map(([instanceId, key]) => hostKeysItem(instanceId, key, clock())));

/** The host keys that `capture` would have written; the bench does not start it. */
function hostKeysItem(instanceId: string, key: string, at: Date): object {
  const hostKeys = [{ key, source: "console", observedAt: at.toISOString() }];
  return { ...hostKeysKey({ accountId: account, region, instanceId }), hostKeys, sequence: 1, events: [] };
}

/** From this process's clock to the one that processes share. */
const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now();

function answer(request: StandInsRequest): StandInsReply {
  if (request.kind === "delay") world.latency = request.latency;
  if (request.kind === "forget") world.log.clear();
  if (request.kind !== "calls") return [];
  return world.log.calls.map(({ service, operation, role, startedAt, endedAt }) => ({
    ...{ service, operation, role },
    ...{ startedAt: startedAt + offset, endedAt: endedAt + offset },
  }));
}

process.on("message", (request: StandInsRequest) => process.send?.(answer(request)));
process.once("disconnect", () => parts.stop().finally(() => process.exit()));
process.send?.(
  Object.fromEntries(
    bundleNames.map((name) => [name, functionEnvironment(name, settings, endpoints, world.credentials)]),
  ),
);
