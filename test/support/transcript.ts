/** One command of a transcript, and its expected result. */
export interface Step {
  /** Comments and empty lines before it. */
  readonly before: readonly string[];
  /** The sample caller; `nobody` has no credentials. */
  readonly as: string;
  /** Scripted responses of the API. Without any, the stack responds. */
  readonly answers: readonly string[];
  /** The typed lines, without prompts. */
  readonly command: readonly string[];
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exitCode: number;
}

export interface Transcript {
  readonly wantsFreshStack: boolean;
  readonly steps: readonly Step[];
}

const freshStack = "[fresh stack]";
const responseLine = /^\[the API answers (.*)\]$/;
const promptLine = /^(\w*)\$ (.*)$/;
const exitLine = /^\[exit (\d+)\]$/;

/** The caller if the prompt names none. */
const usualCaller = "alice";

type Draft = { -readonly [Key in keyof Step]: Step[Key] extends readonly string[] ? string[] : Step[Key] };

const draft = (): Draft => ({ before: [], as: "", answers: [], command: [], stdout: [], stderr: [], exitCode: 0 });

/** @throws Error if the text is not a transcript */
export function parseTranscript(text: string): Transcript {
  const steps: Draft[] = [];
  let next = draft();
  let wantsFreshStack = false;
  for (const line of text.trimEnd().split("\n")) {
    const last = steps.at(-1);
    const isGoingOn = last !== undefined && next.before.length === 0 && next.answers.length === 0;
    const prompt = promptLine.exec(line);
    const response = responseLine.exec(line);
    const exit = exitLine.exec(line);
    if (line === freshStack) wantsFreshStack = true;
    else if (prompt) {
      steps.push({ ...next, as: prompt[1] || usualCaller, command: [prompt[2] ?? ""] });
      next = draft();
    } else if (response) next.answers.push(response[1] ?? "");
    else if (line.startsWith("##") || !isGoingOn) {
      if (line !== "" && !line.startsWith("##")) throw new Error(`This line belongs to no command: ${line}`);
      next.before.push(line);
    } else if (line.startsWith("> ") && last.command.at(-1)?.endsWith("\\")) last.command.push(line.slice(2));
    else if (exit) last.exitCode = Number(exit[1]);
    else if (line === "!" || line.startsWith("! ")) last.stderr.push(line.slice(2));
    else last.stdout.push(line);
  }
  if (next.answers.length > 0) throw new Error("A response of the API must precede a command");
  return { wantsFreshStack, steps: steps.map((step) => ({ ...step, stdout: trimmed(step.stdout) })) };
}

/** Removes the empty lines at the end. */
function trimmed(lines: readonly string[]): readonly string[] {
  const end = lines.findLastIndex((line) => line !== "") + 1;
  return lines.slice(0, end);
}

/** The text of a transcript: what `parseTranscript` reads. */
export function formatTranscript({ wantsFreshStack, steps }: Transcript): string {
  const parts = steps.map((step) => {
    const before = trimmed(step.before).filter((line, index) => index > 0 || line !== "");
    const [first, ...more] = step.command;
    return [
      ...before,
      ...(before.length > 0 ? [""] : []),
      ...step.answers.map((answer) => `[the API answers ${answer}]`),
      `${step.as === usualCaller ? "" : step.as}$ ${first}`,
      ...more.map((line) => `> ${line}`),
      ...step.stdout,
      ...step.stderr.map((line) => `! ${line}`.trimEnd()),
      ...(step.exitCode === 0 ? [] : [`[exit ${step.exitCode}]`]),
    ].join("\n");
  });
  return `${wantsFreshStack ? `${freshStack}\n\n` : ""}${parts.join("\n\n")}\n`;
}
