import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { bundleFunctions } from "../lib/bundle.ts";
import { CallLog } from "./aws/call-log.ts";
import { CredentialStore } from "./aws/credentials.ts";
import type { StreamRecord } from "./aws/dynamodb.ts";
import { startStandIns } from "./aws/stand-ins.ts";
import type { Fleet } from "./fleet/fleet.ts";
import { sampleFleet } from "./fleet/sample-fleet.ts";
import { startFunctions } from "./functions/functions.ts";
import { startGateway } from "./gateway/gateway.ts";
import { ActiveKeys } from "./instances/active-keys.ts";
import { type LoginTargets, startLoginTargets } from "./instances/login-targets.ts";
import { RunningParts } from "./running-parts.ts";

export interface LocalStackOptions {
  /** The gateway's. 0: any free one. */
  readonly port?: number;
  /** Left out: the sample fleet, each running instance of which one can log in to. */
  readonly fleet?: Fleet | undefined;
  /** AWS's clock, and the instances'. The gateway and the functions keep the real one. */
  readonly clock?: () => Date;
  /** Milliseconds that each stand-in holds its answers back. */
  readonly latency?: number;
  /** The directory of bundles that are built already. Left out: they are built now. */
  readonly bundles?: string;
  /** Starts the instances that one can log in to. Left out: Latchkey's own login servers, in this process. */
  readonly loginTargets?: (fleet: Fleet, activeKeys: ActiveKeys, clock: () => Date) => Promise<LoginTargets>;
  /** Gets each line that a function logs. */
  readonly onLogLine?: (line: string) => void;
}

export interface LocalStack {
  /** The gateway's, without a slash at its end. */
  readonly url: string;
  /** Every call that the stand-ins have answered. */
  readonly log: CallLog;
  /** Every change of the table, in the order of its stream. */
  readonly records: readonly StreamRecord[];
  /** Where the stand-ins listen, by the environment variables that the SDK goes by. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Ends everything, and leaves nothing behind. */
  stop(): Promise<void>;
}

/** Starts everything on this machine: instances, AWS's stand-ins, the functions, the gateway. */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const { port = 0, fleet = sampleFleet(), clock = () => new Date(), latency = 0, onLogLine = () => {} } = options;
  const parts = new RunningParts();
  try {
    const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-"));
    parts.keep({ stop: () => rm(directory, { recursive: true, force: true }) });
    const bundles = options.bundles ?? path.join(directory, "functions");
    if (!options.bundles) await bundleFunctions(bundles);

    const activeKeys = new ActiveKeys(clock);
    const everyInstance = options.fleet === undefined;
    const startTargets = options.loginTargets ?? (() => startLoginTargets(fleet, activeKeys, directory, everyInstance));
    const targets = parts.keep(await startTargets(fleet, activeKeys, clock));

    const world = { clock, latency, log: new CallLog(), credentials: new CredentialStore() };
    const { endpoints, records } = await startStandIns(world, fleet, activeKeys, targets, parts);
    const functions = await startFunctions(bundles, endpoints, world.credentials, onLogLine, parts);
    const gateway = parts.keep(await startGateway(port, functions));
    return {
      url: `http://127.0.0.1:${gateway.port}`,
      log: world.log,
      records,
      endpoints,
      stop: () => parts.stop(),
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}
