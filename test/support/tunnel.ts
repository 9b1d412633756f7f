import path from "node:path";
import { WebSocket } from "ws";

const bridge = path.resolve(import.meta.dirname, "../../examples/tunnel.mjs");

/** The ssh option that leads through a tunnel URL. `%` is ssh's own escape character. */
export function throughTunnel(url: string): string[] {
  return ["-o", `ProxyCommand=${process.execPath} ${bridge} '${url.replaceAll("%", "%%")}'`];
}

export type TunnelAttempt =
  | { readonly opened: true }
  | { readonly opened: false; readonly status: number; readonly error: unknown };

/** Opens a tunnel URL, and closes it at once where that works. */
export function tryTunnel(url: string): Promise<TunnelAttempt> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.once("open", () => {
      socket.close();
      resolve({ opened: true });
    });
    socket.once("unexpected-response", (_, response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.once("end", () => resolve({ opened: false, status: response.statusCode ?? 0, error: JSON.parse(body) }));
    });
    socket.once("error", reject);
  });
}
