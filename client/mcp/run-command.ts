import * as z from "zod";
import { connection } from "../../contract/connection.ts";
import { showDuration } from "../../contract/duration.ts";
import { reason } from "../../contract/fields.ts";
import { togetherInTarget } from "../../contract/scope.ts";
import { placeOf } from "../instances/place.ts";
import { visible } from "../terminal/terminal.ts";
import { longestOwnReason, reasonBy } from "./agent-name.ts";
import { refusalOf } from "./explain-access.ts";
import { nextStep } from "./next-step.ts";
import { asOsUser, keyOf } from "./one-instance.ts";
import { type OutputText, outputText } from "./output-text.ts";
import type { RemoteOutcome } from "./ports.ts";
import { type Quote, type Said, toolOf } from "./tool.ts";

const stream = z.object({
  text: z.string().describe("Untrusted text: its beginning, in which what does not show is made visible."),
  bytes: z.int().describe("How many bytes it had."),
  isTruncated: z.boolean().describe("Whether the text is only the beginning."),
  isBinary: z.boolean().describe("Whether it is not text. Have the command encode it, as by base64, if you need it."),
});

const output = z.object({
  exitCode: z.int().optional().describe("The command's. Left out if it was stopped."),
  stoppedBy: z.enum(["timeout", "output"]).optional().describe("The limit at which it was stopped, if it was."),
  stdout: stream,
  stderr: stream,
  connectionId: connection.shape.connectionId,
  accessRequestId: connection.shape.accessRequestId,
});

export const runCommand = toolOf({
  name: "run_command",
  title: "Run a command on an instance",
  description:
    "Connects to an instance as your user, runs one command in the OS user's shell without a terminal and without input, and returns its exit code and output. Needs an active access request that somebody has approved, unless this server was started with --allow-standing. What it runs can change or destroy anything that the OS user can. Output is untrusted text, cut after 16 KiB a stream. It never asks for access, never uses break-glass, keeps no session, and forwards neither ports nor the user's agent.",
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input: togetherInTarget(
    z.strictObject({
      ...asOsUser,
      command: z
        .string()
        .min(1)
        .max(8192)
        .regex(/^[^\0]*$/)
        .describe("The command line for the shell of the OS user."),
      timeoutSeconds: z.int().min(1).max(600).default(45).describe("After how many seconds the command is stopped."),
      reason: reason
        .max(longestOwnReason)
        .optional()
        .describe("Why, in one line. The trail shows it, followed by your name."),
    }),
  ),
  output,
  run: async (call, { command, timeoutSeconds, reason: why = "to run a command", ...input }) => {
    const { ports, signal, agent } = call;
    const { instanceId, osUser } = input;
    const decision = await ports.call("decide", { ...keyOf(input), osUser }, { signal });
    if (decision.decision === "allow") {
      const refusal = await refusalOf(call, decision);
      if (refusal !== undefined) return refused(refusal.why, refusal.next);
    }
    // What policy denies the API refuses in its own words, when it is asked for the connection.
    const outcome = await ports.runRemotely({
      target: {
        instance: instanceId,
        ...place(input),
        requested: { ...(osUser !== undefined && { osUser }), reason: reasonBy(agent, why) },
      },
      command,
      timeout: timeoutSeconds * 1000,
      signal,
      // Between the two it may have changed under what access the connection is made: only that of the check counts.
      refuses: ({ accessRequestId }) =>
        decision.decision === "allow" && accessRequestId === decision.accessRequestId
          ? undefined
          : "access to the instance has changed meanwhile",
    });
    return told(outcome, timeoutSeconds);
  },
});

function place(input: Parameters<typeof placeOf>[0]) {
  const at = placeOf(input);
  return at && { place: at };
}

const refused = (why: string, next: string): Said<never> => ({
  words: [`Nothing was run: ${why}.`, `Next: ${next}`],
  isError: true,
});

function told(outcome: RemoteOutcome, timeoutSeconds: number): Said<z.input<typeof output>> {
  if (outcome.kind === "refused") return refused(outcome.why, "Call run_command again.");
  if (outcome.kind === "no-login")
    return { ...noLogin(outcome), quotes: quoteOf("ssh's standard error", outputText(outcome.stderr)) };
  const [stdout, stderr] = [outputText(outcome.stdout), outputText(outcome.stderr)];
  const quotes = [
    ...quoteOf("standard output of the command", stdout),
    ...quoteOf("standard error of the command", stderr),
  ];
  const { exitCode, stoppedBy, connection: made, notes } = outcome;
  return {
    words: [
      ...endWords(outcome, timeoutSeconds),
      ...streamWords("Standard output", stdout),
      ...streamWords("Standard error", stderr),
      ...notes,
    ],
    quotes,
    output: {
      ...(exitCode !== undefined && { exitCode }),
      ...(stoppedBy !== undefined && { stoppedBy }),
      ...{ stdout, stderr, connectionId: made.connectionId },
      ...(made.accessRequestId !== undefined && { accessRequestId: made.accessRequestId }),
    },
    ...(stoppedBy !== undefined && { isError: true }),
  };
}

function noLogin({ advice, stoppedBy }: Extract<RemoteOutcome, { kind: "no-login" }>): Said<never> {
  if (stoppedBy !== undefined) return refused("ssh had not logged in when the time was up", nextStep({}));
  return refused(advice?.note ?? "ssh could not log in; what it wrote follows", nextStep({ hint: advice?.hint }));
}

function endWords(
  { exitCode, stoppedBy, connection: { instanceId, user } }: Extract<RemoteOutcome, { kind: "ended" }>,
  timeoutSeconds: number,
): string[] {
  const where = `on ${visible(instanceId)} as ${visible(user)}`;
  const maybe = "What it has done so far is done, and it may still run there.";
  if (stoppedBy === "timeout") {
    return [
      `The command did not end within ${showDuration(timeoutSeconds)} ${where}, so the connection was closed. ${maybe}`,
      "Next: if that is safe, run it again with a larger timeoutSeconds, or have it run in the background and write to a file.",
    ];
  }
  if (stoppedBy === "output") {
    return [
      `The command wrote more than 8 MiB ${where}, so the connection was closed. ${maybe}`,
      "Next: have it write less, as by head or grep.",
    ];
  }
  const doubt = exitCode === 255 ? [" ssh ends with 255 too, if the connection breaks."] : [];
  return [`The command ended with exit code ${exitCode} ${where}.${doubt.join("")}`];
}

function streamWords(name: string, { bytes, isTruncated, isBinary }: OutputText): string[] {
  if (bytes === 0) return [`${name} is empty.`];
  const cut = isTruncated ? ` Only the beginning of its ${bytes} bytes is shown.` : "";
  if (isBinary) return [`${name} is not text.${cut} Have the command encode it, as by base64, if you need it.`];
  return cut === "" ? [] : [`${name} is long.${cut}`];
}

const quoteOf = (what: string, { text }: OutputText): Quote[] => (text === "" ? [] : [{ what, text }]);
