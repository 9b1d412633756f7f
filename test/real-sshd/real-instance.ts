import { chmod, copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type MetadataOptions, startMetadata } from "../../local/instances/metadata.ts";
import { RunningParts } from "../../local/shared/running-parts.ts";
import { type RunningSshd, type SshdOptions, startSshd } from "./sshd.ts";

/**
 * Owned by root, with everything in it, and executable: sshd runs no AuthorizedKeysCommand from elsewhere. (Everybody can write
 * to a temporary directory, and /run is often mounted `noexec`.)
 */
export const rootsDirectory = "/usr/lib";

const agent = path.resolve(import.meta.dirname, "authorized-keys.sh");

/** The metadata of an instance, and the certificate that came with the agent. */
export type InstanceOptions = MetadataOptions &
  Omit<SshdOptions, "directory" | "authorizedKeysCommand"> & {
    /** PEM. Only this certificate may sign key blocks, even if the metadata holds another one. */
    readonly trustedCertificate: string;
  };

/** Starts an instance that accepts logins as EC2 does: Debian's sshd, with an agent that reads the instance's metadata. */
export async function startRealInstance(options: InstanceOptions): Promise<RunningSshd> {
  const parts = new RunningParts();
  try {
    const directory = await mkdtemp(path.join(rootsDirectory, "latchkey-sshd-"));
    parts.keep({ stop: () => rm(directory, { recursive: true }) });
    await chmod(directory, 0o755); // `nobody`, as whom the agent runs, must get in
    const installedAgent = path.join(directory, "authorized-keys");
    await copyFile(agent, installedAgent);
    await chmod(installedAgent, 0o755);
    const trusted = path.join(directory, "trusted.pem");
    await writeFile(trusted, options.trustedCertificate);

    const { url } = parts.keep(await startMetadata(options));
    const authorizedKeysCommand = `${installedAgent} ${url} ${trusted} %u %f`;
    const { port, hostKey } = parts.keep(await startSshd({ ...options, directory, authorizedKeysCommand }));
    return { port, hostKey, stop: () => parts.stop() };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}
