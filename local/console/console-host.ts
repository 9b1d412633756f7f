import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { hasLoopbackHost, listenFrom, type RunningServer } from "../shared/loopback-server.ts";
import type { ConsoleSite } from "./console-site.ts";

export interface ConsoleHost extends RunningServer {
  /** The console's URL, without a slash at its end. */
  readonly origin: string;
  /** Serves these files from now on. Before, each request gets a 503. */
  serve(site: ConsoleSite): void;
}

/** Starts the console's web server. @param port taken, or else the next free one; 0 for any */
export async function startConsoleHost(port: number): Promise<ConsoleHost> {
  let site: ConsoleSite | undefined;
  const server = createServer((request, response) => respond(request, response, site));
  const running = await listenFrom(server, port);
  return {
    ...running,
    origin: `http://127.0.0.1:${running.port}`,
    serve(files) {
      site = files;
    },
  };
}

function respond(request: IncomingMessage, response: ServerResponse, site: ConsoleSite | undefined): void {
  const refuse = (status: number, headers = {}) =>
    response.writeHead(status, { "Content-Length": 0, ...headers }).end();
  const { method = "", url = "" } = request;
  if (!hasLoopbackHost(request)) return void refuse(403);
  if (method !== "GET" && method !== "HEAD") return void refuse(405, { Allow: "GET, HEAD" });
  if (site === undefined) return void refuse(503);
  const [path = ""] = url.split("?");
  const file = site.get(path === "/" ? "/index.html" : path);
  if (file === undefined) return void refuse(404);
  response.writeHead(200, { ...file.headers, "Content-Length": file.bytes.length });
  response.end(method === "HEAD" ? undefined : file.bytes);
}
