import type { NetworkReader } from "../resolve/ports.ts";
import type { Endpoint, Instance } from "../shared/instance.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { Surroundings } from "./checks.ts";
import type { NetworkInterface } from "./network.ts";
import type { Described, NetworkDescriber } from "./ports.ts";

interface SurroundingsPorts {
  readonly network: Pick<NetworkReader, "readImageNames">;
  readonly describer: Pick<NetworkDescriber, "describeNetwork">;
}

interface Known {
  readonly instance: Instance;
  readonly endpoints: readonly Endpoint[];
  readonly interfaces: Described<readonly NetworkInterface[] | undefined>;
  readonly fips: boolean;
}

/** Reads what the checks of a visible instance are decided by: its networks, and those of its VPC's endpoints. */
export async function readSurroundings(
  { network, describer }: SurroundingsPorts,
  { instance, endpoints, interfaces, fips }: Known,
  { deadline: { signal }, note, sourceIp }: RequestContext,
): Promise<Surroundings> {
  const { vpcId, subnetId, imageId } = instance;
  const own = interfaces.value ?? [];
  const near = endpoints.filter((each) => each.vpcId === vpcId);
  const subnetIds = [subnetId, ...[...own, ...near].map((each) => each.subnetId)].filter((each) => each !== undefined);
  const groupIds = [...own, ...near].flatMap((each) => each.groupIds ?? []);
  const [described, imageName] = await Promise.all([
    describer.describeNetwork({ vpcId, subnetIds: [...new Set(subnetIds)], groupIds: [...new Set(groupIds)] }, signal),
    imageId === undefined ? undefined : nameOf(network, imageId, signal),
  ]);
  const undescribed = [...interfaces.undescribed, ...described.undescribed];
  if (undescribed.length > 0) note({ undescribed });
  return {
    instance,
    endpoints,
    network: { ...described.value, interfaces: interfaces.value },
    imageName,
    sourceIp,
    fips,
  };
}

/** Undefined if the image no longer exists, or cannot be described. */
async function nameOf(
  network: SurroundingsPorts["network"],
  imageId: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (await network.readImageNames([imageId], signal)).get(imageId);
  } catch {
    return undefined;
  }
}
