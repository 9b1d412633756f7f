import { addressesOf, type Fleet } from "../../local/fleet/fleet.ts";
import type { ActiveKeys } from "../../local/instances/active-keys.ts";
import { keyBlocks } from "../../local/instances/key-block.ts";
import { type Listener, type LoginTargets, writePortTag } from "../../local/instances/login-targets.ts";
import { RunningParts } from "../../local/shared/running-parts.ts";
import { fleet as sample } from "../support/api-client.ts";
import { startRealInstance } from "./real-instance.ts";
import { makeSigner } from "./signer.ts";
import type { SshdOptions } from "./sshd.ts";

/** Instances of the sample fleet: two that are reached directly, and one only through a tunnel. */
const instanceIds: readonly string[] = [sample.web1, sample.legacy1, sample.db1];

interface RealTargetOptions extends Pick<SshdOptions, "recording" | "hostKeyType" | "settings"> {
  /** An instance's id. */
  readonly withoutSftp?: string;
  /** The default is three of the sample fleet. */
  readonly accepting?: readonly string[];
}

/** Starts a real sshd for some instances. Nobody can log in to the others. */
export async function startRealLoginTargets(
  fleet: Fleet,
  activeKeys: ActiveKeys,
  clock: () => Date,
  { withoutSftp, accepting = instanceIds, ...sshdOptions }: RealTargetOptions = {},
): Promise<LoginTargets> {
  const parts = new RunningParts();
  const hostKeys = new Map<string, string>();
  const listeners = new Map<string, Listener>();
  const signer = await makeSigner();
  try {
    for (const instance of fleet.instances.filter(({ InstanceId }) => accepting.includes(InstanceId))) {
      const instanceId = instance.InstanceId;
      const { port, hostKey } = parts.keep(
        await startRealInstance({
          instanceId,
          availabilityZone: instance.Placement.AvailabilityZone,
          clock,
          signerCertificate: signer.certificate,
          trustedCertificate: signer.certificate,
          ...sshdOptions,
          sftpServer: instanceId === withoutSftp ? undefined : "internal-sftp",
          activeKeys: (osUser) => keyBlocks(activeKeys, instanceId, osUser, signer.privateKey),
        }),
      );
      hostKeys.set(instanceId, hostKey);
      for (const address of addressesOf(instance)) listeners.set(address, { host: "127.0.0.1", port });
      if (instance.PublicIpAddress) writePortTag(instance, port);
    }
  } catch (error) {
    await parts.stop();
    throw error;
  }
  return { hostKeys, find: (address) => listeners.get(address), stop: () => parts.stop() };
}
