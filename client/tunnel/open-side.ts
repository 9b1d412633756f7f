import type { Connection } from "../../sdk/types.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import type { OpenOptions } from "./open-tunnel.ts";
import type { Side } from "./side.ts";

/**
 * Reaches the instance of a connection as the API says, as a side of a bridge. Only what the way needs is loaded: the
 * WebSocket library takes time.
 *
 * @throws Failure; the signal's reason.
 */
export async function openSide(
  { connectionType, tunnel, host, port }: Pick<Connection, "connectionType" | "tunnel" | "host" | "port">,
  options: OpenOptions,
): Promise<Side> {
  if (connectionType === "direct") {
    const { connectDirectly } = await import("./direct.ts");
    return connectDirectly({ host, port }, options);
  }
  if (tunnel) return openTunnelSide(tunnel.url, options);
  throw new Failure("the API's response has no route to the instance", { exitCode: exitCodes.protocol });
}

/** @param secretUrl a tunnel's. */
export async function openTunnelSide(secretUrl: string, options: OpenOptions): Promise<Side> {
  const [{ openTunnel }, { WebSocketSide }] = await Promise.all([
    import("./open-tunnel.ts"),
    import("./web-socket-side.ts"),
  ]);
  return new WebSocketSide(await openTunnel(secretUrl, options));
}
