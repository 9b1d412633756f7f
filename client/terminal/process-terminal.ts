import type { WriteStream } from "node:tty";
import { type Paint, type Paints, screened, type Terminal, visibleJson } from "./terminal.ts";
import { fold } from "./width.ts";

/** The standard streams; each may be a pipe or a file instead of a terminal. */
export interface Streams {
  /** Made when it is needed: that takes time, and what is in it may be meant for ssh. */
  readonly stdin: () => NodeJS.ReadableStream;
  readonly isStdinTerminal: boolean;
  readonly stdout: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "columns">>;
  readonly stderr: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "columns">>;
}

/** Removes a line and all that is in it. */
const clearLine = "\r\u001b[K";

/** @param signal ends a question that waits for a reply. */
export function processTerminal(
  { stdin, isStdinTerminal, stdout, stderr }: Streams,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Terminal {
  // no-color.org: any value but the empty one.
  const mayPaint = !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
  const errPaints = paintsIf(mayPaint && stderr.isTTY === true);
  let progress: string | undefined;

  const endProgress = () => {
    if (progress !== undefined && stderr.isTTY) stderr.write(clearLine);
    progress = undefined;
  };
  const writeLines = (prefix: string, message: string) => {
    const shown = progress;
    endProgress();
    stderr.write(screened(message).replace(/^/gm, prefix).concat("\n"));
    if (shown !== undefined && stderr.isTTY) showProgress(shown);
  };
  const showProgress = (message: string) => {
    progress = message;
    // A line that is folded would not be taken away whole.
    stderr.write(`${clearLine}${fold(screened(message), Math.max(2, (stderr.columns ?? 80) - 1))[0]}`);
  };
  return {
    isInteractive: isStdinTerminal && stderr.isTTY === true,
    columns: stderr.columns ?? 80,
    outColumns: stdout.isTTY ? (stdout.columns ?? 80) : undefined,
    outPaints: paintsIf(mayPaint && stdout.isTTY === true),
    errPaints,
    out: (text) => {
      endProgress();
      stdout.write(stdout.isTTY ? screened(text) : text);
    },
    json: (value) => {
      endProgress();
      const text = JSON.stringify(value, null, 2);
      stdout.write(`${stdout.isTTY ? visibleJson(text) : text}\n`);
    },
    note: (message) => writeLines("latchkey: ", message),
    hint: (message) => writeLines(errPaints.dim("hint: "), message),
    progress: (message) => {
      if (message === progress) return;
      if (stderr.isTTY) return showProgress(message);
      progress = message;
      stderr.write(`latchkey: ${screened(message)}\n`);
    },
    endProgress,
    ask: (question) => {
      endProgress();
      return askLine(stdin(), stderr, screened(question), signal);
    },
  };
}

/** The terminal itself edits the line, so that Ctrl-C is a signal as ever. */
async function askLine(
  stdin: NodeJS.ReadableStream,
  stderr: NodeJS.WritableStream,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { createInterface } = await import("node:readline");
  stderr.write(question);
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stdin, terminal: false });
    const abort = () => {
      lines.close();
      stderr.write("\n");
      reject(new Error("Interrupted"));
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    let reply: string | undefined;
    lines.once("line", (line) => {
      reply = line;
      lines.close();
    });
    lines.once("close", () => {
      signal.removeEventListener("abort", abort);
      // Ctrl-D leaves the cursor behind the question.
      if (reply === undefined && !signal.aborted) stderr.write("\n");
      resolve(reply);
    });
  });
}

const sgr =
  (start: number, end: number): Paint =>
  (text) =>
    `\u001b[${start}m${text}\u001b[${end}m`;
const plain: Paint = (text) => text;

/** SGR codes of ECMA-48, which every terminal knows. */
function paintsIf(isPainted: boolean): Paints {
  if (!isPainted) return { bold: plain, dim: plain, red: plain, green: plain, yellow: plain };
  return { bold: sgr(1, 22), dim: sgr(2, 22), red: sgr(31, 39), green: sgr(32, 39), yellow: sgr(33, 39) };
}
