import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type AuditEvent, auditEvent } from "../contract/audit-event.ts";
import type { InstanceKey } from "../lambda/shared/instance.ts";
import { bundleFunctions } from "../lib/build/bundle.ts";
import type { PolicyTexts } from "../lib/build/compile-policies.ts";
import type { Settings } from "../lib/settings.ts";
import { startQueue } from "../lib/start-queue.ts";
import { buildConsole } from "../web/build.ts";
import { CallLog } from "./aws/call-log.ts";
import { CredentialStore } from "./aws/credentials.ts";
import { type BusEvent, EventBus } from "./aws/event-bus.ts";
import type { TunnelFaults } from "./aws/open-tunnel.ts";
import { syncQueueName } from "./aws/roles.ts";
import { Secrets } from "./aws/secrets-manager.ts";
import { startStandIns } from "./aws/stand-ins.ts";
import type { Table } from "./aws/table.ts";
import type { StreamRecord } from "./aws/table-stream.ts";
import { TargetFaults } from "./aws/target-faults.ts";
import { startConsoleHost } from "./console/console-host.ts";
import { readConsoleSite } from "./console/console-site.ts";
import type { Fleet } from "./fleet/fleet.ts";
import { sampleFleets } from "./fleet/sample-fleet.ts";
import { functionsOf } from "./functions/functions.ts";
import { linkBundles } from "./functions/link-bundles.ts";
import { MessageQueue, type Wait } from "./functions/message-queue.ts";
import { scheduledEvent } from "./functions/scheduled-event.ts";
import { StreamQueue } from "./functions/stream-queue.ts";
import { SyncQueue } from "./functions/sync-queue.ts";
import { startGateway, startTokenGateway } from "./gateway/gateway.ts";
import { ActiveKeys } from "./instances/active-keys.ts";
import { Boots } from "./instances/boots.ts";
import { Consoles } from "./instances/consoles.ts";
import { type LoginTargets, startLoginTargets } from "./instances/login-targets.ts";
import { runningEvent } from "./instances/state-change-event.ts";
import { findInTarget, type TargetInstances } from "./instances/target-instances.ts";
import {
  consoleClient,
  ownTarget,
  settings as usualSettings,
  withCorsOrigin,
  withIssuer,
  withTargets,
} from "./shared/account.ts";
import { RunningParts } from "./shared/running-parts.ts";
import { linkUsers } from "./slack/link-users.ts";
import { withSlack } from "./slack/settings.ts";
import type { RunningSlack } from "./slack/slack.ts";
import { startSlackApp } from "./slack-app.ts";

interface Issuer {
  readonly issuer: string;
  readonly jwksUri: string;
}

interface ConsoleOptions {
  /** A directory of its files. Left out: they are built now. */
  readonly files?: string;
  /** Whether it has terminals. The default is yes. */
  readonly terminal?: boolean;
}

export interface LocalStackOptions {
  /** The gateway's port; 0 for any free one. */
  readonly port?: number;
  /**
   * The fleet of each target. The default are the sample fleets, whose running instances all accept logins. The stack's own target
   * has none if it is not among them.
   */
  readonly fleets?: readonly Fleet[] | undefined;
  /** The clock of AWS and the instances. Gateway and functions keep the real one. */
  readonly clock?: () => Date;
  /** Milliseconds by which each stand-in delays its responses. */
  readonly latency?: number;
  /** A directory of bundles that are already built: they get this stack's settings. Left out: they are built now. */
  readonly bundles?: string;
  /**
   * Whether there is an OpenID provider, on the second port after the gateway's or the next free one, or another issuer of tokens.
   * Then there is an OIDC door. By default none: it takes time.
   */
  readonly openIdProvider?: boolean | Issuer;
  /**
   * Whether there is a console, for which there must be an OpenID provider of this machine; on the third port after the gateway's or
   * the next free one. Its pages may call the OIDC door. By default none.
   */
  readonly console?: ConsoleOptions | undefined;
  /**
   * Whether there is the Slack app, with a stand-in for Slack, for which there must be an OpenID provider; on the fourth and the fifth
   * port after the gateway's or the next free ones. By default not.
   */
  readonly slack?: boolean;
  /** How the queues of the chat wait before messages come again. By default in real time. */
  readonly redelivery?: Wait;
  /** Changes the stack's settings, for example by a further issuer. */
  readonly changeSettings?: (settings: Settings) => Settings;
  /** Makes policies that take the place of those in `bundles`. */
  readonly policies?: (settings: Settings) => PolicyTexts;
  /** The stack's setting: whether keys may be pushed to serial consoles. The default is no. */
  readonly serialConsole?: boolean;
  /** The stack's setting: the tag that an instance must have to be pushed to. By default none. */
  readonly pushTag?: Settings["pushTag"];
  /** The stack's setting: what one caller may take of the table. By default much. */
  readonly callerQuotas?: Settings["callerQuotas"];
  /** Makes a table that takes the place of the embedded one, for example with more in it. */
  readonly changeTable?: (table: Table) => Table;
  /** Starts those instances of one target that accept logins. By default: login servers in this process. */
  readonly loginTargets?: (fleet: Fleet, activeKeys: ActiveKeys, clock: () => Date) => Promise<LoginTargets>;
  /** Receives each line that a function logs. */
  readonly onLogLine?: (line: string) => void;
  /** Receives each event that the bus accepts. */
  readonly onBusEvent?: (event: BusEvent) => void;
  /** Calls its argument each minute, until the returned function is called. By default by the real clock. */
  readonly eachMinute?: (ring: () => void) => () => void;
}

export interface LocalStack {
  /** The gateway's URL, without a slash at its end. */
  readonly url: string;
  /** The OIDC door's, if there is one. */
  readonly oidcUrl: string | undefined;
  /** The OpenID provider's, if there is one. */
  readonly issuer: string | undefined;
  /** The console's, if there is one. */
  readonly consoleUrl: string | undefined;
  /** Where Slack sends commands and clicks, if there is a Slack app. */
  readonly slackUrl: string | undefined;
  /** Slack's stand-in, if there is one. */
  readonly slack: RunningSlack | undefined;
  /** What feeds the chat with the bus's events, if there is a Slack app. Tests repeat them. */
  readonly chatEvents: MessageQueue | undefined;
  /** Every call that the stand-ins have served. */
  readonly log: CallLog;
  /** Every change of the table, in the order of the stream. */
  readonly records: readonly StreamRecord[];
  /** The bus, whose `fault` tests may set. */
  readonly bus: EventBus;
  /** What Secrets Manager keeps, which tests may change. */
  readonly secrets: Secrets;
  /** How targets fail, which tests may set. */
  readonly faults: TargetFaults;
  /** How tunnels fail, which tests may set. */
  readonly tunnels: TunnelFaults;
  /** The accepted events, in order. */
  readonly busEvents: readonly AuditEvent[];
  /** The URLs of the stand-ins, by the environment variables that the SDK reads. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Resolves when the projector has processed every change so far, and the chat all that came of it or was sent to it. */
  settled(): Promise<void>;
  /** Runs the work of each minute now. */
  sweep(): Promise<void>;
  /** Runs the sync of every ten minutes now: the inventory is then what the fleets are. */
  sync(): Promise<void>;
  /** Delivers EC2's event about an instance that has changed. Resolves when the inventory has it as it is. */
  announce(instance: InstanceKey): Promise<void>;
  /** The consoles of the stack's own target. */
  readonly consoles: Consoles;
  /**
   * Starts an instance of the stack's own target with only this text on its console. Resolves when the capture of host keys has read
   * it once, and the inventory has the instance.
   */
  boot(instanceId: string, shown: string): Promise<void>;
  /** Ends everything and leaves nothing behind. */
  stop(): Promise<void>;
}

/** Starts everything on this machine: instances, stand-ins for AWS, functions, gateway. */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const { port = 0, fleets = sampleFleets(), clock = () => new Date(), latency = 0, onLogLine = () => {} } = options;
  const { serialConsole = usualSettings.serialConsole, callerQuotas = usualSettings.callerQuotas } = options;
  const parts = new RunningParts();
  try {
    const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-"));
    parts.keep({ stop: () => rm(directory, { recursive: true, force: true }) });
    const { openIdProvider } = options;
    const provider = openIdProvider === true ? parts.keep(await startProvider(port)) : openIdProvider || undefined;
    const bundles = path.join(directory, "functions");
    const chosenOwn = { ...usualSettings, serialConsole, callerQuotas, pushTag: options.pushTag };
    const chosen = withTargets(
      chosenOwn,
      fleets.map(({ target }) => target),
    );
    const { changeSettings = (same) => same } = options;
    const host = options.console && parts.keep(await startConsoleHost(port === 0 ? 0 : port + 3));
    const slackApp = options.slack
      ? await startSlackApp({ port, functions: () => functions, redelivery: options.redelivery }, parts)
      : undefined;
    const identified = provider ? withIssuer(chosen, provider) : chosen;
    const opened = host ? withCorsOrigin(identified, host.origin) : identified;
    const settings = changeSettings(slackApp ? withSlack(opened) : opened);
    const consoleFiles = options.console?.files ?? path.join(directory, "console");
    await Promise.all([
      options.bundles
        ? linkBundles(options.bundles, bundles, settings, options.policies?.(settings))
        : bundleFunctions(bundles, settings),
      options.console && !options.console.files && buildConsole(consoleFiles),
    ]);

    const everyInstance = options.fleets === undefined;
    const { loginTargets = (fleet, keys) => startLoginTargets(fleet, keys, directory, everyInstance) } = options;
    const targets: TargetInstances[] = [];
    for (const fleet of fleets) {
      const activeKeys = new ActiveKeys(clock);
      const logins = parts.keep(await loginTargets(fleet, activeKeys, clock));
      targets.push({ fleet, activeKeys, logins, consoles: new Consoles(clock) });
    }
    const ofOwn = findInTarget(targets, clock)(ownTarget);

    const world = { clock, latency, log: new CallLog(), credentials: new CredentialStore() };
    const busEvents: AuditEvent[] = [];
    const bus = new EventBus((event) => {
      // An event that violates the contract fails the call, so that nobody can overlook it.
      busEvents.push(auditEvent.parse(event.detail));
      options.onBusEvent?.(event);
    });
    const faults = new TargetFaults();
    const syncs = parts.keep(new SyncQueue((event) => functions.sync.invoke(event)));
    const secrets = new Secrets();
    const queues = { [syncQueueName]: syncs, ...slackApp?.queues };
    slackApp?.connect(bus, secrets);
    const resources = { targets, bus, faults, queues, secrets, changeTable: options.changeTable };
    const { endpoints, stream, tunnels } = await startStandIns(world, settings, resources, parts);
    const { credentials } = world;
    const own = { ...slackApp?.variables, ...(host && { CONSOLE_URL: `${host.origin}/` }) };
    const functions = functionsOf({ bundles, settings, endpoints, credentials, own, onLogLine }, parts);
    if (slackApp) parts.keep(slackApp);
    const queue = parts.keep(new StreamQueue((event) => functions.projector.invoke(event)));
    stream.readBy((record) => queue.add(record));
    const sweep = async () => void (await functions.sweep.invoke(scheduledEvent(clock())));
    const announce = ({ instanceId, ...target }: InstanceKey) =>
      syncs.send([JSON.stringify(runningEvent(instanceId, clock(), target))]);
    const { eachMinute = ringEachMinute } = options;
    const silence = eachMinute(() => {
      sweep().catch((error) => console.error("The sweep failed:", error));
      void syncs.minuteHasPassed();
    });
    parts.keep({ stop: async () => silence() });
    const deliveries = { name: "latchkey-starts", ...startQueue };
    const starts = parts.keep(new MessageQueue((event) => functions.capture.invoke(event), deliveries));
    const bootsIn = (target: TargetInstances) => new Boots(target, clock, (events) => starts.send(events));
    const boots = bootsIn(ofOwn);
    const others = targets.filter((one) => one !== ofOwn).map(bootsIn);
    const links = slackApp && linkUsers(endpoints, credentials);
    await Promise.all([...[boots, ...others].map((each) => each.first()), syncs.sync(), links]);
    const settled = async () => {
      await queue.settled();
      // What somebody does in chat is an event later, which the chat shows.
      await slackApp?.settled();
      await queue.settled();
      await slackApp?.settled();
    };
    await settled();
    const gateway = parts.keep(await startGateway(port, functions));
    const oidcPort = port === 0 ? 0 : port + 1;
    const oidcDoor =
      provider && parts.keep(await startTokenGateway(oidcPort, functions, settings.doors.oidc?.corsOrigin));
    const oidcUrl = oidcDoor && `http://127.0.0.1:${oidcDoor.port}`;
    if (host) {
      if (!provider || !oidcUrl) throw new Error("The console needs an OpenID provider");
      const { terminal = true } = options.console ?? {};
      const config = { api: oidcUrl, issuer: provider.issuer, ...consoleClient, terminal };
      const connections = { urls: [oidcUrl, provider.issuer], tunnels: [`ws://127.0.0.1:${tunnels.port}`] };
      host.serve(await readConsoleSite(consoleFiles, config, connections));
    }
    return {
      url: `http://127.0.0.1:${gateway.port}`,
      oidcUrl,
      issuer: provider?.issuer,
      consoleUrl: host?.origin,
      slackUrl: slackApp && `${slackApp.url}/slack`,
      slack: slackApp?.slack,
      chatEvents: slackApp?.events,
      log: world.log,
      records: stream.records,
      bus,
      secrets,
      faults,
      tunnels,
      busEvents,
      endpoints,
      settled,
      sweep,
      sync: () => syncs.sync(),
      consoles: ofOwn.consoles,
      announce,
      async boot(instanceId, shown) {
        await boots.again(instanceId, shown);
        await announce({ ...ownTarget, instanceId });
      },
      stop: () => parts.stop(),
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

async function startProvider(gatewayPort: number) {
  const { startProvider: start } = await import("./oidc/provider.ts");
  return start(gatewayPort === 0 ? 0 : gatewayPort + 2);
}

/** The real clock; the timer keeps nothing running. */
function ringEachMinute(ring: () => void): () => void {
  const timer = setInterval(ring, 60_000).unref();
  return () => clearInterval(timer);
}
