import { hostKeysKey } from "../../lambda/aws/table-keys.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { ActiveKeys } from "../instances/active-keys.ts";
import type { LoginTargets } from "../instances/login-targets.ts";
import type { RunningParts } from "../running-parts.ts";
import { dynamodbService } from "./dynamodb.ts";
import { ec2Service } from "./ec2.ts";
import { type EventBus, eventsService } from "./event-bus.ts";
import { instanceConnectService } from "./instance-connect.ts";
import { startTunnels } from "./open-tunnel.ts";
import { type Service, type StandInWorld, startStandIn } from "./stand-in.ts";
import { stsService } from "./sts.ts";
import { startTable } from "./table.ts";
import { TableStream } from "./table-stream.ts";

export interface StandIns {
  /** Where each listens, by the environment variable that the SDK (and, for tunnels, Latchkey) goes by. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly stream: TableStream;
}

/** Starts what stands for AWS, with the host keys of the instances registered in the table. */
export async function startStandIns(
  world: StandInWorld,
  fleet: Fleet,
  activeKeys: ActiveKeys,
  targets: LoginTargets,
  bus: EventBus,
  parts: RunningParts,
): Promise<StandIns> {
  const table = parts.keep(await startTable());
  await table.seed(
    [...targets.hostKeys].map(([instanceId, key]) => ({
      ...hostKeysKey(instanceId),
      hostKeys: [{ key, source: "registered", observedAt: world.clock().toISOString() }],
    })),
  );
  const stream = new TableStream(world.clock);
  const start = async (service: Service) => `http://127.0.0.1:${parts.keep(await startStandIn(service, world)).port}`;
  const tunnels = parts.keep(await startTunnels(world, fleet, targets.find));
  const endpoints = {
    AWS_ENDPOINT_URL_STS: await start(stsService(world.credentials)),
    AWS_ENDPOINT_URL_EC2: await start(ec2Service(fleet)),
    AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT: await start(instanceConnectService(fleet, activeKeys)),
    AWS_ENDPOINT_URL_DYNAMODB: await start(dynamodbService(table, stream)),
    AWS_ENDPOINT_URL_EVENTBRIDGE: await start(eventsService(bus)),
    AWS_ENDPOINT_URL_OPEN_TUNNEL: `ws://127.0.0.1:${tunnels.port}`,
  };
  return { endpoints, stream };
}
