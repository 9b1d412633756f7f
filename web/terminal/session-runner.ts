import type { Signal } from "@preact/signals";
import { api } from "../api/client.ts";
import { Requests } from "../sftp/requests.ts";
import { SftpError } from "../sftp/sftp-error.ts";
import { connect } from "../ssh/connect.ts";
import { Ed25519 } from "../ssh/ed25519.ts";
import { checkHostKey, type OfferedHostKey } from "../ssh/host-key-check.ts";
import type { Shell } from "../ssh/shell.ts";
import { SshError } from "../ssh/ssh-error.ts";
import type { WindowSize } from "../ssh/terminal-requests.ts";
import { TunnelStream } from "../ssh/tunnel-stream.ts";
import { keysToAccept, rememberHostKey } from "./accepted-host-keys.ts";
import { type Facts, factsOf, placeOf } from "./facts.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { SessionOptions } from "./session-options.ts";
import { HostKeyRefused, nextState, type SessionEvent, type SessionState, wasTooLate } from "./session-state.ts";

/** Seconds: the longest that any tunnel may last. A stack may allow less. */
const maxTunnelSeconds = 3600;

/** What a session is shown on. */
export interface Output {
  readonly size: WindowSize;
  /** @param shown to be called when the output is shown */
  write(output: Uint8Array, shown: () => void): void;
}

interface RunnerOptions {
  readonly options: SessionOptions;
  readonly state: Signal<SessionState>;
  readonly output: Output;
  /** Milliseconds. */
  readonly clock?: () => number;
}

/** Connects one terminal, and again with a new key each time that a person asks for it. */
export class SessionRunner {
  readonly #options: RunnerOptions;
  readonly #clock: () => number;
  #control = new AbortController();
  #shell: Shell | undefined;
  #decide: ((isAccepted: boolean) => void) | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
  }

  /** Connects, or reconnects: with a key of its own. */
  start(): void {
    this.close();
    this.#control = new AbortController();
    void this.#run(this.#control.signal);
  }

  /** What a person says of the host's key. */
  decideHostKey(isAccepted: boolean): void {
    this.#decide?.(isAccepted);
  }

  send(input: Uint8Array): void {
    if (this.#options.state.peek().is === "connected") this.#shell?.send(input);
  }

  resize(size: WindowSize): void {
    this.#shell?.resize(size);
  }

  /** Opens SFTP beside the shell. @throws SftpError */
  async openFiles(): Promise<Requests> {
    const requests: Requests = new Requests({
      send: (bytes) => subsystem?.send(bytes) ?? Promise.reject(new SftpError("lost")),
      close: () => subsystem?.close(),
    });
    const listener = { onData: (data: Uint8Array) => requests.receive(data), onEnd: () => requests.end() };
    const subsystem = await this.#shell?.openSubsystem("sftp", listener).catch(() => {
      throw new SftpError("lost");
    });
    if (subsystem === undefined) throw new SftpError("no-sftp");
    await requests.greet();
    return requests;
  }

  /** Gives up, or ends the shell. */
  close(): void {
    this.#control.abort(new DOMException("The terminal was closed", "AbortError"));
    this.#decide?.(false);
    this.#shell?.close();
    this.#shell = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { state } = this.#options;
    const dispatch = (event: SessionEvent) => {
      if (!signal.aborted) state.value = nextState(state.peek(), event);
    };
    for (const isLast of [false, true]) {
      dispatch({ type: "started", at: this.#clock() });
      try {
        await this.#connect(dispatch, signal);
        return;
      } catch (error) {
        dispatch({ type: "failed", error });
      }
      // A laptop that slept between two steps, for example.
      if (isLast || signal.aborted || !wasTooLate(state.peek(), this.#clock())) return;
    }
  }

  async #connect(dispatch: (event: SessionEvent) => void, signal: AbortSignal): Promise<void> {
    const { options, output } = this.#options;
    const { instanceId, accountId, region, osUser, ipAddress, endpointId, reason } = options;
    const key = await new Ed25519().generateKeyPair();
    const connection = await api().call(
      "createConnection",
      // A browser cannot dial: without a tunnel nothing is pushed.
      {
        ...{ instanceId, publicKey: key.line, connectionType: "eice" as const, maxTunnelSeconds },
        ...{ accountId, region, osUser, ipAddress, endpointId, reason },
      },
      { signal },
    );
    const facts = factsOf(connection, this.#clock());
    dispatch({ type: "pushed", facts, at: this.#clock() });
    const stream = await TunnelStream.open(connection.tunnel?.url ?? "", signal);
    dispatch({ type: "tunnel-opened", at: this.#clock() });
    let refused: HostKeyRefused | undefined;
    const ended = new AbortController();
    const shell = await connect(stream, {
      ...{ user: facts.user, key, size: output.size, signal },
      hostKeyTypes: knownLines(facts).map((line) => line.split(" ")[0] ?? ""),
      acceptHostKey: async (offered) => {
        refused = await this.#checkHostKey(offered, facts, dispatch);
        return refused === undefined;
      },
      onOutput: (data, shown) => output.write(data, shown),
      onEnd: (end) => {
        ended.abort();
        dispatch({ type: "shell-ended", end, at: this.#clock() });
      },
    }).catch((error: unknown) => {
      throw error instanceof SshError && error.code === "host-key-refused" ? (refused ?? error) : error;
    });
    this.#shell = shell;
    shell.resize(output.size);
    dispatch({ type: "shell-started" });
    this.#watch(shell, dispatch, AbortSignal.any([signal, ended.signal]));
  }

  /** @returns why the key is refused; undefined if it is accepted */
  async #checkHostKey(
    offered: OfferedHostKey,
    facts: Facts,
    dispatch: (event: SessionEvent) => void,
  ): Promise<HostKeyRefused | undefined> {
    const verdict = checkHostKey(offered, knownLines(facts));
    if (verdict === "known") return undefined;
    if (verdict !== "new") return new HostKeyRefused(verdict, offered);
    dispatch({ type: "host-key-asked", offered });
    const isAccepted = await new Promise<boolean>((resolve) => {
      this.#decide = resolve;
    });
    if (!isAccepted) return new HostKeyRefused("declined", offered);
    rememberHostKey(placeOf(facts), offered.line);
    dispatch({ type: "host-key-accepted", at: this.#clock() });
    return undefined;
  }

  #watch(shell: Shell, dispatch: (event: SessionEvent) => void, signal: AbortSignal): void {
    const onLost = (cause: "closed" | "silent" | "slept" | "time-up") => {
      dispatch({ type: "lost", cause });
      shell.close();
    };
    const heartbeat = new Heartbeat({ ping: () => shell.ping(), onLost }, this.#clock());
    const timer = setInterval(() => heartbeat.tick(this.#clock()), 1000);
    const check = () => heartbeat.check(this.#clock());
    addEventListener("online", check, { signal });
    document.addEventListener("visibilitychange", () => !document.hidden && check(), { signal });
    signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }
}

/** `<type> <base64>` of each host key to accept. */
const knownLines = (facts: Facts) =>
  keysToAccept(
    placeOf(facts),
    facts.hostKeys.map(({ key }) => key),
  );
