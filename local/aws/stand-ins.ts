import type { Settings } from "../../lib/settings.ts";
import { findInTarget, type TargetInstances } from "../instances/target-instances.ts";
import type { RunningParts } from "../shared/running-parts.ts";
import { dynamodbService } from "./dynamodb.ts";
import { ec2Service } from "./ec2.ts";
import { type EventBus, eventsService } from "./event-bus.ts";
import { instanceConnectService } from "./instance-connect.ts";
import { type RunningTunnels, startTunnels } from "./open-tunnel.ts";
import { assumableRoles } from "./roles.ts";
import { Secrets, secretsService } from "./secrets-manager.ts";
import { type Queue, sqsService } from "./sqs.ts";
import { type Service, type StandInWorld, startStandIn } from "./stand-in.ts";
import { stsService } from "./sts.ts";
import { makeTable, type Table } from "./table.ts";
import { TableStream } from "./table-stream.ts";
import type { TargetFaults } from "./target-faults.ts";

export interface StandIns {
  /** The URL of each, by the environment variable that the SDK (and, for tunnels, Latchkey) reads. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly stream: TableStream;
  readonly table: Table;
  readonly tunnels: RunningTunnels;
}

/** What the stand-ins serve. */
export interface StandInResources {
  readonly targets: readonly TargetInstances[];
  readonly bus: EventBus;
  /** By name. Left out: there are none. */
  readonly queues?: Readonly<Record<string, Queue>>;
  /** Left out: none has a value. */
  readonly secrets?: Secrets;
  /** Left out: no target fails. */
  readonly faults?: TargetFaults;
  /** Makes a table that takes the place of the embedded one. */
  readonly changeTable?: ((table: Table) => Table) | undefined;
}

/** Starts all stand-ins for AWS. */
export async function startStandIns(
  world: StandInWorld,
  settings: Settings,
  { targets, bus, queues = {}, secrets = new Secrets(), faults, changeTable = (same) => same }: StandInResources,
  parts: RunningParts,
): Promise<StandIns> {
  const table = changeTable(await makeTable());
  const stream = new TableStream(world.clock);
  const scheme = world.tls ? "https" : "http";
  const start = async (service: Service) =>
    `${scheme}://127.0.0.1:${parts.keep(await startStandIn(service, world)).port}`;
  const findIn = findInTarget(targets, world.clock);
  const tunnels = parts.keep(await startTunnels(world, findIn));
  const endpoints = {
    AWS_ENDPOINT_URL_STS: await start(stsService(world.credentials, assumableRoles(settings), faults)),
    AWS_ENDPOINT_URL_EC2: await start(ec2Service(findIn, faults)),
    AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT: await start(instanceConnectService(findIn)),
    AWS_ENDPOINT_URL_DYNAMODB: await start(dynamodbService(table, stream)),
    AWS_ENDPOINT_URL_SQS: await start(sqsService(queues)),
    AWS_ENDPOINT_URL_EVENTBRIDGE: await start(eventsService(bus)),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: await start(secretsService(secrets)),
    AWS_ENDPOINT_URL_OPEN_TUNNEL: `ws://127.0.0.1:${tunnels.port}`,
  };
  return { endpoints, stream, table, tunnels };
}
