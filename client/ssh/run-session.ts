import { fingerprintOfLine } from "../../ssh-format/fingerprint.ts";
import { keysInKnownHosts } from "../../ssh-format/known-hosts.ts";
import type { Context } from "../command/context.ts";
import { runChild } from "../terminal/run-child.ts";
import { type Advice, adviceAfter, type Ending, progressOf, sshFault, withoutSftp } from "./after-failure.ts";
import { readDiagnosis } from "./diagnosis.ts";
import { hostKeyNameOf } from "./known-hosts.ts";
import { hasNoSftp, lookAgain } from "./look-again.ts";
import { runProgram } from "./run-program.ts";
import { readPins, type Session } from "./session.ts";

/** Milliseconds within which an ssh that ends has hardly logged in. */
const earlyEnd = 15_000;

export interface Invocation {
  readonly program: "ssh" | "scp" | "sftp";
  readonly args: readonly string[];
  /** ssh's own arguments for the same server: those of a second look, after a failure; undefined if none is of use. */
  readonly sshArgs: readonly string[] | undefined;
}

/** Runs the program over the connection. After a fault of ssh's, says what it cannot know. @returns its exit code. */
export async function runSession(context: Context, session: Session, invocation: Invocation): Promise<number> {
  const { terminal, clock } = context;
  const startedAt = clock().getTime();
  const { program, args } = invocation;
  const { connection } = session;
  const mayEndSoon = program === "ssh" && terminal.isInteractive && connection.accessExpiresAt !== undefined;
  const offer = mayEndSoon ? await import("../access/offer-extension.ts") : undefined;
  offer?.noteAccessEnd(context, connection);
  const exitCode = await runProgram(context, { program, args, variables: session.variables });
  // scp tells every failure by 1, or by ssh's own number.
  const isFault = exitCode === sshFault || (program === "scp" && exitCode === 1);
  if (!isFault) {
    await offer?.offerExtension(context, connection);
    return exitCode;
  }
  // Its usage errors are no fault of the connection.
  if (program === "ssh" && !(await takes(context, args))) return exitCode;
  const advice = await adviceAfterFault(context, session, invocation, startedAt);
  if (advice !== undefined) {
    terminal.note(advice.note);
    terminal.hint(advice.hint);
  }
  return exitCode;
}

/** What ssh cannot know of its own fault. @param startedAt milliseconds since 1970, by this machine's clock. */
export async function adviceAfterFault(
  context: Context,
  session: Session,
  invocation: Invocation,
  startedAt: number,
): Promise<Advice | undefined> {
  const ending = { ...endingOf(session, startedAt, context.clock().getTime()), commandLine: context };
  return (
    (await adviceOnSftp(context, session, invocation, ending)) ??
    (await adviceOnLogin(context, session, invocation, ending))
  );
}

/** Whether ssh takes a command line. It connects to nothing. */
async function takes({ environment }: Context, args: readonly string[]): Promise<boolean> {
  return (await runChild("ssh", ["-G", ...args], { environment })).code !== sshFault;
}

async function adviceOnLogin(context: Context, session: Session, { sshArgs }: Invocation, ending: Ending) {
  const isLookOfUse = !["signed", "looked"].includes(progressOf(ending.uses));
  return adviceAfter(ending, isLookOfUse && sshArgs !== undefined ? await look(context, session, sshArgs) : undefined);
}

/** By the older protocol of scp, sftp is not needed. */
async function adviceOnSftp(
  context: Context,
  session: Session,
  { program, args, sshArgs }: Invocation,
  ending: Ending,
) {
  const hasLoggedIn = ["signed", "unknown"].includes(progressOf(ending.uses)) && !ending.isKeyOver;
  if (program === "ssh" || !hasLoggedIn || sshArgs === undefined || args.includes("-O")) return undefined;
  return (await hasNoSftp(context, sshArgs, session.variables)) ? withoutSftp(ending, program) : undefined;
}

function endingOf(session: Session, startedAt: number, endedAt: number): Omit<Ending, "commandLine"> {
  const { connection, basis, identity, keyEndsAt, pinFile } = session;
  return {
    connection,
    check: basis.check,
    uses: identity.uses,
    isKeyOver: endedAt > keyEndsAt.getTime(),
    isEarly: endedAt - startedAt < earlyEnd,
    pinFile,
  };
}

async function look(context: Context, session: Session, sshArgs: readonly string[]) {
  const [stderr, accepted] = await Promise.all([
    lookAgain(context, sshArgs, session.variables),
    acceptedFingerprints(session),
  ]);
  return readDiagnosis(stderr, accepted);
}

async function acceptedFingerprints({ basis: { check, connection }, pinFile }: Session): Promise<readonly string[]> {
  if (check.kind === "fingerprint") return [check.fingerprint];
  // Of pins, what ssh's user has accepted meanwhile counts too.
  const keys =
    check.kind === "known"
      ? check.hostKeys.map(({ key }) => key)
      : keysInKnownHosts(await readPins(pinFile), hostKeyNameOf(connection));
  return keys.flatMap((key) => fingerprintOfLine(key) ?? []);
}
