import { once } from "node:events";
import { connect } from "node:net";
import { withDeadline } from "../../sdk/deadline.ts";
import { openTimeout } from "../../sdk/tunnel.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import type { Side } from "./side.ts";
import { socketSide } from "./stream-side.ts";
import { unreachable } from "./unreachable.ts";

/** Where an instance that is reached without a tunnel listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

interface ConnectOptions extends Pick<Context, "signal"> {
  /** Milliseconds. */
  readonly timeout?: number;
}

/**
 * Connects to an instance's own address, as a side of a bridge.
 *
 * @throws Failure; the signal's reason.
 */
export async function connectDirectly({ host, port }: Address, options: ConnectOptions): Promise<Side> {
  const name = `${host} port ${port}`;
  const socket = await withDeadline({ timeout: openTimeout, ...options }, async (giveUp) => {
    const connecting = connect({ host, port, allowHalfOpen: true, signal: giveUp });
    try {
      await once(connecting, "connect");
    } catch (error) {
      const { code = "UNKNOWN" } = error as NodeJS.ErrnoException;
      throw unreachable(name, giveUp.aborted ? "TIMEOUT" : code, error);
    }
    return connecting;
  });
  return socketSide(
    socket,
    ({ code }) =>
      new Failure(`${name} broke the connection off (${code})`, {
        exitCode: exitCodes.unavailable,
        hint: "the network between may have failed, or the instance been stopped",
      }),
  );
}
