import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { run } from "../ssh-client.ts";
import { untilChanged } from "./until.ts";

/** Milliseconds that a person looks at the screen for what should come. */
const patience = 120_000;

/** A person at a terminal: what they see, and what they type. */
export interface Person {
  /** Types keys, by tmux's names for those that are no characters: `Enter`, `C-c`. */
  type(...keys: readonly string[]): Promise<void>;
  /** Resolves when the screen shows it. @throws Error with what the screen shows instead, after two minutes */
  sees(pattern: RegExp): Promise<RegExpExecArray>;
  resize(columns: number, rows: number): Promise<void>;
  /** Resolves with the program's exit code, when it has ended. */
  exitCode(): Promise<number>;
  leave(): Promise<void>;
}

/**
 * Starts a program on a terminal of 100 by 30, by tmux.
 *
 * @param environment the program's, and all of it
 * @param directory where tmux's socket is put
 */
export async function startOnTerminal(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  directory: string,
): Promise<Person> {
  // One that is being left may still answer under its name.
  const server = `person-${randomUUID()}`;
  const variables = { ...environment, TMUX_TMPDIR: directory, TERM: "xterm-256color" };
  const tmux = async (...args: readonly string[]) => {
    const names = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    const { code, stdout, stderr } = await run("env", [
      "-i",
      ...names,
      "tmux",
      "-L",
      server,
      "-f",
      "/dev/null",
      ...args,
    ]);
    if (code !== 0) throw new Error(`tmux ${args[0]} failed: ${stderr}`);
    return stdout;
  };
  // tmux writes here all that the program does: the screen has no events of its own.
  const output = path.join(directory, `${server}.output`);
  await writeFile(output, "");
  async function sees(pattern: RegExp): Promise<RegExpExecArray> {
    const look = async () => pattern.exec((await tmux("capture-pane", "-p")).trimEnd()) ?? undefined;
    return untilChanged(output, look, AbortSignal.timeout(patience)).catch(async (cause: unknown) => {
      throw new Error(`The screen does not show ${pattern}, but:\n${await tmux("capture-pane", "-p")}`, { cause });
    });
  }
  // tmux 3.3 at times does not notice the end of a program, so a shell tells it.
  const told = ["sh", "-c", 'trap : INT; "$@"; echo "exit code: $?"', "sh", ...command];
  const keepWhenOver = ["set", "-g", "remain-on-exit", "on"];
  const session = ["new-session", "-d", "-x", "100", "-y", "30", "--", ...told];
  await tmux("start-server", ";", ...keepWhenOver, ";", ...session);
  await tmux("pipe-pane", `cat >> '${output}'`);
  return {
    async type(...keys) {
      await tmux("send-keys", ...keys);
    },
    sees,
    async resize(columns, rows) {
      await tmux("resize-window", "-x", `${columns}`, "-y", `${rows}`);
    },
    exitCode: async () => Number((await sees(/^exit code: ([0-9]+)$/m))[1]),
    async leave() {
      await tmux("kill-server");
      await rm(output);
    },
  };
}
