import type { AuditEvent } from "../contract/audit-event.ts";
import type { InstanceKey } from "../lambda/shared/instance.ts";
import type { PolicyTexts } from "../lib/build/compile-policies.ts";
import type { Settings } from "../lib/settings.ts";
import type { CallLog } from "./aws/call-log.ts";
import type { BusEvent, EventBus } from "./aws/event-bus.ts";
import type { TunnelFaults } from "./aws/open-tunnel.ts";
import type { Secrets } from "./aws/secrets-manager.ts";
import type { Table } from "./aws/table.ts";
import type { StreamRecord } from "./aws/table-stream.ts";
import type { TargetFaults } from "./aws/target-faults.ts";
import type { Fleet } from "./fleet/fleet.ts";
import type { MessageQueue, Wait } from "./functions/message-queue.ts";
import type { ActiveKeys } from "./instances/active-keys.ts";
import type { Consoles } from "./instances/consoles.ts";
import type { LoginTargets } from "./instances/login-targets.ts";
import type { RunningSlack } from "./slack/slack.ts";

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

/** What a local stack may have and be told. */
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

/** A local stack that runs. */
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
