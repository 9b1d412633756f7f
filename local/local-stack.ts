import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type AuditEvent, auditEvent } from "../contract/audit-event.ts";
import type { InstanceKey } from "../lambda/shared/instance.ts";
import { bundleFunctions } from "../lib/build/bundle.ts";
import { startQueue } from "../lib/start-queue.ts";
import { buildConsole } from "../web/build.ts";
import { CallLog } from "./aws/call-log.ts";
import { CredentialStore } from "./aws/credentials.ts";
import { EventBus } from "./aws/event-bus.ts";
import { syncQueueName } from "./aws/roles.ts";
import { Secrets } from "./aws/secrets-manager.ts";
import { startStandIns } from "./aws/stand-ins.ts";
import { TargetFaults } from "./aws/target-faults.ts";
import { startConsoleHost } from "./console/console-host.ts";
import { readConsoleSite } from "./console/console-site.ts";
import { sampleFleets } from "./fleet/sample-fleet.ts";
import { functionsOf } from "./functions/functions.ts";
import { linkBundles } from "./functions/link-bundles.ts";
import { MessageQueue } from "./functions/message-queue.ts";
import { scheduledEvent } from "./functions/scheduled-event.ts";
import { StreamQueue } from "./functions/stream-queue.ts";
import { SyncQueue } from "./functions/sync-queue.ts";
import { startGateway, startTokenGateway } from "./gateway/gateway.ts";
import { ActiveKeys } from "./instances/active-keys.ts";
import { Boots } from "./instances/boots.ts";
import { Consoles } from "./instances/consoles.ts";
import { startLoginTargets } from "./instances/login-targets.ts";
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
import { startSlackApp } from "./slack-app.ts";
import type { LocalStack, LocalStackOptions } from "./stack-types.ts";

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
