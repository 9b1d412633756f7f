import {
  ChannelRequestMessage,
  ChannelRequestType,
  SessionRequestMessage,
  SshChannel,
  SshDisconnectReason,
} from "@microsoft/dev-tunnels-ssh";
import type { ClientSession } from "./client-session.ts";
import { SshError } from "./ssh-error.ts";
import { PtyRequest, SubsystemRequest, WindowChange, type WindowSize } from "./terminal-requests.ts";

/** Bytes that the host may send before they are shown: 1 MiB, the only window that the library counts correctly. */
export const outputWindow = SshChannel.defaultMaxWindowSize;

/** How a shell ended. `lost`: the tunnel or the session ended before the shell did. */
export type ShellEnd =
  | { readonly kind: "exit"; readonly status: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "lost" };

export interface ShellListener {
  /** @param shown to be called when the output is shown: only then may the host send more. */
  onOutput(output: Uint8Array, shown: () => void): void;
  /** Called once, after all output. */
  onEnd(end: ShellEnd): void;
}

export interface SubsystemListener {
  /** The host may send as much again once it returns. */
  onData(data: Uint8Array): void;
  onEnd(): void;
}

/** A program of the host beside the shell. It ends with the shell's session. */
export interface Subsystem {
  /** Resolves when the host's window has taken it. */
  send(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** A login shell on a terminal of the host. */
export class Shell {
  readonly #session: ClientSession;
  readonly #channel: SshChannel;
  /** Bytes that are not shown yet. */
  #waiting = 0;

  private constructor(session: ClientSession, channel: SshChannel) {
    this.#session = session;
    this.#channel = channel;
  }

  /**
   * Starts a shell in an authenticated session.
   *
   * @throws SshError
   */
  static async start(session: ClientSession, size: WindowSize, listener: ShellListener): Promise<Shell> {
    const channel = await session.openChannel("session");
    const shell = new Shell(session, channel);
    shell.#listen(listener);
    for (const request of [new PtyRequest(size), new ChannelRequestMessage(ChannelRequestType.shell, true)]) {
      if (!(await channel.request(request))) throw new SshError("no-terminal");
    }
    return shell;
  }

  /** Sends what was typed. What cannot be sent any more is lost with the tunnel. */
  send(input: Uint8Array): void {
    if (input.length > 0) this.#channel.send(Buffer.from(input)).catch(() => {});
  }

  resize(size: WindowSize): void {
    this.#channel.request(new WindowChange(size)).catch(() => {});
  }

  /** Resolves when the host responds. Rejects if it is known that it cannot. */
  async ping(): Promise<void> {
    await this.#session.request(new SessionRequestMessage("keepalive@openssh.com", true));
  }

  /** @param name such as `sftp` @returns undefined if the host has none of that name. It rejects if the session has ended. */
  async openSubsystem(name: string, { onData, onEnd }: SubsystemListener): Promise<Subsystem | undefined> {
    const channel = await this.#session.openChannel("session");
    channel.onDataReceived((data) => {
      onData(Uint8Array.from(data));
      channel.adjustWindow(data.length);
    });
    channel.onExtendedDataReceived(({ data }) => channel.adjustWindow(data.length)); // what it says in words
    channel.onClosed(onEnd);
    if (!(await channel.request(new SubsystemRequest(name)))) return void channel.close();
    return { send: (bytes) => channel.send(Buffer.from(bytes)), close: () => void channel.close() };
  }

  /** Ends the session. The host sends the shell SIGHUP. */
  close(): void {
    void this.#session.close(SshDisconnectReason.byApplication);
  }

  #listen({ onOutput, onEnd }: ShellListener): void {
    const receive = (data: Uint8Array) => {
      this.#waiting += data.length;
      // A host that ignores the window would fill the memory.
      if (this.#waiting > outputWindow) return void this.#session.close(SshDisconnectReason.protocolError);
      onOutput(Uint8Array.from(data), () => {
        this.#waiting -= data.length;
        this.#channel.adjustWindow(data.length);
      });
    };
    let hasEnded = false;
    const end = (how: ShellEnd) => {
      if (hasEnded) return;
      hasEnded = true;
      onEnd(how);
      this.close();
    };
    this.#channel.onDataReceived(receive);
    this.#channel.onExtendedDataReceived(({ data }) => receive(data));
    this.#channel.onClosed(({ exitStatus, exitSignal }) => {
      if (exitSignal !== undefined && exitSignal !== "") end({ kind: "signal", signal: exitSignal });
      else end(exitStatus === undefined ? { kind: "lost" } : { kind: "exit", status: exitStatus });
    });
    this.#session.onClosed(() => end({ kind: "lost" }));
  }
}
