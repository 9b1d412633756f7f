import { spawn } from "node:child_process";

/** Bytes of each stream that are kept. */
const maxOutputBytes = 64 * 1024;

interface ChildOptions {
  /** Left out: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds until it is killed. */
  readonly timeout?: number;
  /** Whether it asks its user, on the terminal. Without one it would wait for ever, so otherwise it gets none. */
  readonly mayAsk?: boolean;
}

interface ChildEnd {
  /** Null if it cannot be run, or was killed. */
  readonly code: number | null;
  readonly stdout: string;
  /** Empty if it may ask: its user sees it. */
  readonly stderr: string;
}

/** Runs a program for what it prints. It never gets this process's standard input, which is for ssh. Throws nothing. */
export async function runChild(
  program: string,
  args: readonly string[],
  { environment = process.env, timeout, mayAsk = false }: ChildOptions = {},
): Promise<ChildEnd> {
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", mayAsk ? "inherit" : "pipe"],
    detached: !mayAsk && process.platform !== "win32",
    windowsHide: true,
    env: environment,
    ...(timeout !== undefined && { timeout, killSignal: "SIGKILL" as const }),
  });
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
    const kept = { text: "" };
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      if (kept.text.length < maxOutputBytes) kept.text += chunk;
    });
    return kept;
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null)).once("close", resolve);
  });
  return { code, stdout: stdout?.text ?? "", stderr: stderr?.text ?? "" };
}
