import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import WebSocket from "ws";
import { untilSaid } from "../client/until.ts";

/** Chromium without a window, and one page in it. */
export interface Chromium {
  open(url: string): Promise<void>;
  /** Runs JavaScript in the page. @returns what it comes to */
  evaluate(expression: string): Promise<unknown>;
  /** Resolves when a page is loaded of which the expression is true. */
  shows(expression: string): Promise<void>;
  stop(): Promise<void>;
}

/** @param program its path @param profile a new directory */
export async function startChromium(program: string, profile: string): Promise<Chromium> {
  const child = spawn(
    program,
    [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
      ...["--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const [, url = ""] = await untilSaid(child.stderr, /^DevTools listening on (ws:\S+)$/m);
  const socket = new WebSocket(url);
  await once(socket, "open");
  const messages = new EventEmitter();
  socket.on("message", (data) => {
    const message = JSON.parse(String(data)) as Message;
    messages.emit(message.method ?? String(message.id), message.result);
  });
  let count = 0;
  const send = async (method: string, params: object, sessionId?: string): Promise<Message["result"]> => {
    const id = ++count;
    const response = once(messages, String(id));
    socket.send(JSON.stringify({ id, method, params, sessionId }));
    const [result] = await response;
    return result;
  };
  const page = await send("Target.createTarget", { url: "about:blank" });
  const session = await send("Target.attachToTarget", { targetId: page?.targetId, flatten: true });
  const sendToPage = (method: string, params: object = {}) => send(method, params, session?.sessionId);
  await sendToPage("Page.enable");
  const evaluate = async (expression: string) => (await sendToPage("Runtime.evaluate", { expression }))?.result?.value;
  return {
    open: async (address) => void (await sendToPage("Page.navigate", { url: address })),
    evaluate,
    async shows(expression) {
      for (;;) {
        const loaded = once(messages, "Page.loadEventFired");
        if (await evaluate(expression)) return;
        await loaded;
      }
    },
    stop: async () => {
      socket.close();
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** What Chromium sends: an event, or the response to a command. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: {
    readonly targetId?: string;
    readonly sessionId?: string;
    readonly result?: { readonly value?: unknown };
  };
}
