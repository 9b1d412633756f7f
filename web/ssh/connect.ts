import { SshAuthenticationType, type Stream } from "@microsoft/dev-tunnels-ssh";
import { withDeadline } from "../../sdk/deadline.ts";
import { ClientSession } from "./client-session.ts";
import { configurationFor } from "./configuration.ts";
import type { Ed25519Key } from "./ed25519.ts";
import { type OfferedHostKey, readOfferedKey } from "./host-key-check.ts";
import { Shell, type ShellListener } from "./shell.ts";
import { SshError } from "./ssh-error.ts";
import type { WindowSize } from "./terminal-requests.ts";

/** Milliseconds that the host may take for each of: key exchange, authentication, shell. */
const stepTimeout = 10_000;

export interface ConnectOptions extends ShellListener {
  readonly user: string;
  readonly key: Ed25519Key;
  readonly size: WindowSize;
  /** The types of the host keys that are known: ssh prefers those. */
  readonly hostKeyTypes: readonly string[];
  /** Says whether to go on. Nothing is authenticated before. */
  readonly acceptHostKey: (key: OfferedHostKey) => Promise<boolean>;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
}

/**
 * Logs in through a stream, and starts a shell. The stream is closed when it fails, and with the shell.
 *
 * @throws SshError; the signal's reason.
 */
export async function connect(stream: Stream, options: ConnectOptions): Promise<Shell> {
  const { user, key, size, signal, timeout = stepTimeout } = options;
  const session = ClientSession.refusingChannels(configurationFor(options.hostKeyTypes));
  session.onAuthenticating((event) => {
    if (event.authenticationType !== SshAuthenticationType.serverPublicKey) return;
    event.authenticationPromise = (async () => {
      const { hostKey } = session;
      return hostKey && (await options.acceptHostKey(readOfferedKey(hostKey))) ? {} : null;
    })();
  });
  const step = <T>(run: () => Promise<T>) =>
    withDeadline({ signal, timeout }, (giveUp) => Promise.race([run(), rejectAt(giveUp)]));
  const giveUp = () => stream.dispose();
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    await step(() => session.connect(stream));
    if (!(await session.authenticateServer())) throw new SshError("host-key-refused");
    const credentials = { username: user, publicKeys: [key] };
    if (!(await step(() => session.authenticateClient(credentials)))) throw new SshError("key-refused");
    return await step(() => Shell.start(session, size, options));
  } catch (error) {
    session.dispose();
    stream.dispose();
    throw errorOf(error, signal);
  }
}

function rejectAt(giveUp: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    giveUp.addEventListener("abort", () => reject(new SshError("no-response")), { once: true });
  });
}

function errorOf(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof SshError) return error;
  // The library has no code for it.
  const isNegotiation = error instanceof Error && /^Failed \w+ negotiation/.test(error.message);
  return new SshError(isNegotiation ? "no-common-algorithm" : "lost", error);
}
