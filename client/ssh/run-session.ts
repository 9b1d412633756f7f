import { fingerprintOfLine } from "../../ssh-format/fingerprint.ts";
import { keysInKnownHosts } from "../../ssh-format/known-hosts.ts";
import type { Context } from "../command/context.ts";
import { adviceAfter, type Ending, progressOf, sshFault } from "./after-failure.ts";
import { readDiagnosis } from "./diagnosis.ts";
import { lookAgain } from "./look-again.ts";
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
  const exitCode = await runProgram(context, { program, args, variables: session.variables });
  // scp tells every failure by 1, or by ssh's own number.
  const isFault = exitCode === sshFault || (program === "scp" && exitCode === 1);
  if (!isFault) return exitCode;
  const ending = endingOf(session, startedAt, clock().getTime());
  const isLookOfUse = !["signed", "looked"].includes(progressOf(session.identity.uses));
  const diagnosis =
    isLookOfUse && invocation.sshArgs !== undefined ? await look(context, session, invocation.sshArgs) : undefined;
  const advice = adviceAfter(ending, diagnosis);
  if (advice !== undefined) {
    terminal.note(advice.note);
    terminal.hint(advice.hint);
  }
  return exitCode;
}

function endingOf(session: Session, startedAt: number, endedAt: number): Ending {
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
      : keysInKnownHosts(await readPins(pinFile), connection.hostKeyAlias);
  return keys.flatMap((key) => fingerprintOfLine(key) ?? []);
}
