import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import WebSocket from "ws";
import { waitUntil } from "../client/wait-until.ts";

/** Chromium without a window, and one page in it. */
export interface Chromium {
  open(url: string): Promise<void>;
  /** Runs JavaScript in the page. @returns what it comes to */
  evaluate(expression: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** @param program its path @param profile a new directory */
export async function startChromium(program: string, profile: string): Promise<Chromium> {
  const child: ChildProcess = spawn(
    program,
    [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
      ...["--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"],
    ],
    { stdio: "ignore" },
  );
  const portFile = path.join(profile, "DevToolsActivePort");
  const port = await waitUntil(
    async () => (await readFile(portFile, "utf8").catch(() => "")).split("\n")[0] || undefined,
  );
  const pages = await waitUntil(async () => {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as Target[];
    return targets.find(({ type }) => type === "page");
  });
  const socket = new WebSocket(pages.webSocketDebuggerUrl);
  await once(socket, "open");
  let count = 0;
  const send = async (method: string, params: object): Promise<{ result?: { value?: unknown } }> => {
    const id = ++count;
    const { promise, resolve } = Promise.withResolvers<{ result?: { value?: unknown } }>();
    const listen = (data: WebSocket.RawData) => {
      const message = JSON.parse(String(data)) as { id?: number; result: object };
      if (message.id !== id) return;
      socket.off("message", listen);
      resolve(message.result ?? {});
    };
    socket.on("message", listen);
    socket.send(JSON.stringify({ id, method, params }));
    return promise;
  };
  return {
    open: async (url) => void (await send("Page.navigate", { url })),
    evaluate: async (expression) => (await send("Runtime.evaluate", { expression })).result?.value,
    stop: async () => {
      socket.close();
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

interface Target {
  readonly type: string;
  readonly webSocketDebuggerUrl: string;
}
