import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
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
import type { Certificate } from "./certificate.ts";
import { now } from "./clock.ts";
import type { MadeCall } from "./connection-calls.ts";
import { startReplay } from "./replay.ts";
import type { Environments, Latency, StandInsReply, StandInsRequest } from "./stand-ins.ts";

// The stand-ins of `startAws`, as its child. They end when it disconnects.

const parts = new RunningParts();
const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-bench-"));
parts.keep({ stop: () => rm(directory, { recursive: true, force: true }) });
const [certificate] = (await once(process, "message")) as [Certificate];
const clock = () => new Date();
const world = { clock, latency: 0, log: new CallLog(), credentials: new CredentialStore(), tls: certificate };
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

let latency: Latency = { table: 0, controlPlane: 0 };
const replays: MadeCall[] = [];

/** Puts a server that replays in front of a stand-in. @param name of the environment variable of its URL. */
async function replay(name: string, url: string): Promise<string> {
  const service = name.replace("AWS_ENDPOINT_URL_", "").toLowerCase();
  const replayed = await startReplay(url, certificate, async (operation) => {
    const startedAt = now();
    const wait = service === "dynamodb" ? latency.table : latency.controlPlane;
    if (wait > 0) await delay(wait);
    replays.push({ service, operation, role: "unknown", startedAt, endedAt: now() });
  });
  return `https://127.0.0.1:${parts.keep(replayed).port}`;
}

/** From this process's clock to the one that processes share. */
const offset = now() - performance.now();

function answer(request: StandInsRequest): StandInsReply {
  if (request.kind === "delay") {
    latency = request.latency;
    world.latency = latency.controlPlane;
  }
  if (request.kind === "forget") {
    world.log.clear();
    replays.length = 0;
  }
  if (request.kind !== "calls") return [];
  const checked = world.log.calls.map(({ service, operation, role, startedAt, endedAt }) => ({
    ...{ service, operation, role },
    ...{ startedAt: startedAt + offset, endedAt: endedAt + offset },
  }));
  return [...checked, ...replays];
}

process.on("message", (request: StandInsRequest) => process.send?.(answer(request)));
process.once("disconnect", () => parts.stop().finally(() => process.exit()));
const replayed = await Promise.all(
  Object.entries(endpoints).map(async ([name, url]) => [
    name,
    url.startsWith("https:") ? await replay(name, url) : url,
  ]),
);
const environmentsOf = (urls: Readonly<Record<string, string>>) =>
  Object.fromEntries(bundleNames.map((name) => [name, functionEnvironment(name, settings, urls, world.credentials)]));
process.send?.({
  checked: environmentsOf(endpoints),
  replayed: environmentsOf(Object.fromEntries(replayed)),
} satisfies Environments);
