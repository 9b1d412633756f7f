import { EventEmitter, once } from "node:events";
import type { Api, Context } from "../../../client/command/context.ts";
import type { Paint } from "../../../client/terminal/terminal.ts";
import type { CallOptions } from "../../../sdk/call.ts";

export interface ScriptedCall {
  readonly name: string;
  readonly input: unknown;
}

export interface ScriptedWorld {
  readonly context: Context;
  /** All that was shown and asked, a line each, behind what it was: `note: …`, `ask: …`, `progress: …`, `out: …`. */
  readonly shown: readonly string[];
  /** Resolves when a line of it is shown that the pattern finds. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  readonly calls: readonly ScriptedCall[];
  /** As Ctrl-C does. */
  interrupt(): void;
}

interface Script {
  /** What each call gets, in their order: a response, an error to throw, or a function that makes one of them. */
  readonly responses?: readonly unknown[];
  /** What the user types, in its order; nothing more: the end of input. Left out: there is no terminal. */
  readonly typed?: readonly string[];
  readonly clock?: () => Date;
}

/** A user, a terminal and an API that do as they are told, and nothing else. */
export function scriptedWorld({ responses = [], typed, clock = () => new Date(0) }: Script): ScriptedWorld {
  const shown: string[] = [];
  const events = new EventEmitter();
  const add = (lines: readonly string[]) => {
    shown.push(...lines);
    events.emit("shown");
  };
  const calls: ScriptedCall[] = [];
  const controller = new AbortController();
  const [toReturn, toType] = [[...responses], [...(typed ?? [])]];
  const call = async (name: string, input: unknown, { signal }: CallOptions = {}): Promise<unknown> => {
    calls.push({ name, input });
    signal?.throwIfAborted();
    if (toReturn.length === 0) throw new Error(`The script has no response for ${name}`);
    const next = toReturn.shift();
    const response: unknown = typeof next === "function" ? await next(signal) : next;
    if (response instanceof Error) throw response;
    return response;
  };
  const plain: Paint = (text) => text;
  const paints = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain };
  const show = (kind: string) => (text: string) => {
    const lines = text.trimEnd().split("\n");
    add(lines.map((line) => `${kind}: ${line}`));
  };
  const context: Context = {
    terminal: {
      isInteractive: typed !== undefined,
      outPaints: paints,
      errPaints: paints,
      columns: 80,
      outColumns: undefined,
      out: show("out"),
      json: (value) => show("out")(JSON.stringify(value, null, 2)),
      note: show("note"),
      hint: show("hint"),
      progress: (message) => {
        const line = `progress: ${message}`;
        if (shown.at(-1) !== line) add([line]);
      },
      endProgress: () => {},
      ask: async (question) => {
        show("ask")(question);
        return toType.shift();
      },
    },
    environment: {},
    given: {},
    platform: "linux",
    homeDirectory: "/home/alice",
    clock,
    self: ["node", "latchkey.cjs"],
    signal: controller.signal,
    settings: async () => ({ url: "http://127.0.0.1" }),
    api: async () => ({ url: "http://127.0.0.1", call: call as Api["call"] }),
    with(variables, given) {
      return { ...this, environment: { ...this.environment, ...variables }, given };
    },
  };
  async function shows(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = shown.map((line) => pattern.exec(line)).find((match) => match !== null);
      if (found) return found;
      await once(events, "shown");
    }
  }
  return { context, shown, shows, calls, interrupt: () => controller.abort(130) };
}
