import { createServer, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { FindInTarget } from "../instances/target-instances.ts";
import { listen, type RunningServer } from "../shared/loopback-server.ts";
import { bridge } from "./bridge.ts";
import type { LoggedCall } from "./call-log.ts";
import { ServiceError } from "./service-error.ts";
import type { StandInWorld } from "./stand-in.ts";
import { admit } from "./tunnel-admission.ts";

/** How tunnels fail. Set by tests. */
export interface TunnelFaults {
  /** Ends all that are open without a word, as a network does that breaks down. @returns how many there were */
  drop(): number;
  /** Refuses every further one, as if its URL had expired, or no longer. */
  refuse(whether: boolean): void;
}

export type RunningTunnels = RunningServer & TunnelFaults;

/**
 * Stand-in for the Instance Connect Endpoints: one server for all of them, which maps (address, 22) to a login server of the
 * endpoint's target. What browsers send besides is taken and not used: `Origin`, and an offer to compress.
 */
export async function startTunnels(
  world: StandInWorld,
  findIn: FindInTarget<"fleet" | "logins">,
): Promise<RunningTunnels> {
  let isRefusing = false;
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 65_000 });
  const server = createServer((_, response) => {
    response
      .writeHead(426, { "Content-Type": "application/json" })
      .end(refusalBody("UpgradeRequired", "Use a WebSocket"));
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const startedAt = performance.now();
    const log = (by: Pick<LoggedCall, "role" | "accountId" | "region">, status: number, read: unknown) =>
      world.log.add({
        service: "ec2-instance-connect-endpoint",
        operation: "OpenTunnel",
        ...by,
        request: read,
        actions: [],
        status,
        startedAt,
        endedAt: performance.now(),
      });
    try {
      if (isRefusing) throw new ServiceError("AccessDenied", 403, "The presigned URL has expired.");
      const { principal, target, query } = admit(world, findIn, request);
      log({ role: principal.role, ...target }, 101, query);
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const login = findIn(target).logins.find(query.privateIpAddress);
        if (!login || query.remotePort !== 22) return webSocket.close(1011, "Nothing listens at the address");
        bridge(webSocket, connect(login.port, login.host), query.maxTunnelDuration);
      });
    } catch (error) {
      const refused =
        error instanceof ServiceError ? error : new ServiceError("InternalError", 500, "The stand-in failed");
      if (refused !== error) console.error("The tunnel stand-in failed:", error);
      log({ role: "unknown", accountId: "unknown", region: "unknown" }, refused.status, undefined);
      const body = refusalBody(refused.code, refused.message);
      socket.end(
        `HTTP/1.1 ${refused.status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    }
  });
  const running = await listen(server, 0);
  const drop = () => {
    for (const webSocket of webSockets.clients) webSocket.terminate();
    return webSockets.clients.size;
  };
  return {
    port: running.port,
    drop,
    refuse: (whether) => {
      isRefusing = whether;
    },
    stop: async () => {
      drop();
      await running.stop();
    },
  };
}

function refusalBody(code: string, message: string): string {
  return JSON.stringify({ ErrorCode: code, Message: message });
}
