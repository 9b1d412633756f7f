import { mkdir, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import path from "node:path";
import { maxSocketPathBytes } from "../keys/private-directory.ts";

/** How often a withdrawal checks again whether a login has started meanwhile. */
const mostLooks = 10;

/** Of a login's agent, among its fellows': when its key ends, in milliseconds, and what tells it from others of that moment. */
const agentName = /^agent-(?<expiresAt>[0-9]{13})-[0-9a-z-]+$/;

/**
 * Where ssh finds what the ProxyCommand has prepared for `user@host`: the options `IdentityAgent` and `UserKnownHostsFile` name
 * its files.
 *
 * An ssh knows nothing of its ProxyCommand but user and host, so all that run at the same time for the same two ask the same
 * agent: that of the login that was published last. Its key is as good as their own, since it was pushed for the same instance
 * and user. So `agent` is a link; the process behind it changes.
 */
export class LoginDirectory {
  readonly #directory: string;

  /** @param parent the directory of all logins. */
  constructor(parent: string, { user, host }: { readonly user: string; readonly host: string }) {
    this.#directory = path.join(parent, `${user}@${host}`);
  }

  /** For `IdentityAgent`. */
  get agent(): string {
    return path.join(this.#directory, agentFile);
  }

  /** For `UserKnownHostsFile`. */
  get knownHosts(): string {
    return path.join(this.#directory, knownHostsFile);
  }

  /** Whether ssh could not connect to the agent, since the path of its socket is too long for the system. */
  get isTooLong(): boolean {
    return Buffer.byteLength(this.agent) > maxSocketPathBytes;
  }

  /**
   * Lets ssh accept the host keys of this text, and no others. To be called before ssh reads a byte of the server.
   *
   * @param text of a known_hosts file.
   */
  async writeKnownHosts(text: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await this.#replace(knownHostsFile, (draft) => writeFile(draft, text, { mode: 0o600, flag: "wx" }));
  }

  /**
   * Has every ssh for this user and host ask this agent from now on.
   *
   * @param socket where it listens, ready.
   * @param expiresAt when its key ends.
   * @param id what no other login has.
   */
  async publish(
    socket: string,
    { expiresAt, id }: { readonly expiresAt: Date; readonly id: string },
  ): Promise<PublishedAgent> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const name = `agent-${String(expiresAt.getTime()).padStart(13, "0")}-${id}`;
    // Known before it is published: a login that ends meanwhile does not lead away from it for good.
    await symlink(socket, path.join(this.#directory, name));
    await this.#leadTo(socket);
    return { withdraw: () => this.#withdraw(name, socket) };
  }

  /** Leads ssh to another login that still runs: the newest, whose key lives longest. */
  async #withdraw(name: string, socket: string): Promise<{ readonly hasFellows: boolean }> {
    await rm(path.join(this.#directory, name), { force: true });
    let led = await this.#ledTo();
    for (let look = 0; look < mostLooks; look += 1) {
      const newest = await this.#newestRunning();
      if (newest === undefined) return { hasFellows: false };
      // Led to somebody else at the first look: they see to it. Later: somebody may have published between look and lead.
      if (led === newest || (look === 0 && led !== socket)) return { hasFellows: true };
      await this.#leadTo(newest);
      led = newest;
    }
    return { hasFellows: true };
  }

  /** The socket of the newest agent that responds. What killed processes have left before it is removed. */
  async #newestRunning(): Promise<string | undefined> {
    const names = (await readdir(this.#directory)).filter((name) => agentName.test(name));
    for (const name of names.sort().reverse()) {
      const file = path.join(this.#directory, name);
      const socket = await readlink(file).catch(() => undefined);
      if (socket !== undefined && (await answers(socket))) return socket;
      await rm(file, { force: true });
    }
    return undefined;
  }

  /** Directly, and not by the login's own entry: that goes before its agent does. */
  #leadTo(socket: string): Promise<void> {
    return this.#replace(agentFile, (draft) => symlink(socket, draft));
  }

  #ledTo(): Promise<string | undefined> {
    return readlink(this.agent).catch(() => undefined);
  }

  /** Replaces a file in one step: a reader finds the old one or the new one, complete. */
  async #replace(name: string, make: (draft: string) => Promise<void>): Promise<void> {
    const draft = path.join(this.#directory, `draft-${crypto.randomUUID()}`);
    try {
      await make(draft);
      await rename(draft, path.join(this.#directory, name));
    } finally {
      await rm(draft, { force: true });
    }
  }
}

/** An agent that ssh finds. */
export interface PublishedAgent {
  /** @returns whether other logins of this user and host run: one of their ssh may still be talking to this agent. */
  withdraw(): Promise<{ readonly hasFellows: boolean }>;
}

export const agentFile = "agent";
export const knownHostsFile = "known_hosts";

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
