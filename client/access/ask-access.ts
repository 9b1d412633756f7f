import { missingInReason } from "../../contract/reason-pattern.ts";
import contract from "../../sdk/contract.ts";
import { fits } from "../../sdk/json-schema.ts";
import type { AccessRequest, Requirements } from "../../sdk/types.ts";
import { requirementsWords } from "../api/requirements-words.ts";
import type { Context } from "../command/context.ts";
import type { InstanceKey } from "../instances/place.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { showTime } from "../terminal/show-time.ts";
import { type Terminal, visible } from "../terminal/terminal.ts";
import { durationHint, parseDuration } from "./duration.ts";
import { requestAccess } from "./request-access.ts";
import { waitForAccess } from "./wait-for-access.ts";

export interface AccessNeeded {
  readonly key: InstanceKey;
  readonly instanceName?: string | undefined;
  readonly osUser: string;
  /** What the refusal said is missing. */
  readonly requirements: Requirements;
  /** Left out: it is asked for. */
  readonly reason?: string | undefined;
  /** Left out: it is asked for, too. */
  readonly durationSeconds?: number | undefined;
}

/** Seconds: what a user gets who just presses Enter. */
const usualDuration = 3600;

/**
 * For a connection that requires an access request, at a terminal: says what is required, asks for it, and waits until access is
 * active.
 *
 * @returns the active request.
 * @throws Failure `noPermission` if access is denied or the user declines to ask, `tryAgain` if the request expires.
 */
export async function askForAccess(context: Context, requested: AccessNeeded): Promise<AccessRequest> {
  const { terminal } = context;
  const { key, instanceName, osUser, requirements } = requested;
  const where = `${visible(instanceName ?? key.instanceId)} as ${visible(osUser)}`;
  terminal.note(`${where} needs ${requirementsWords(requirements)}`);
  const { accessRequestId, scheduled } = requirements;
  if (accessRequestId !== undefined) {
    terminal.note(`access request ${visible(accessRequestId)} covers it with a further approval; a reviewer runs:`);
    terminal.note(`  ${ownCommand(context, ["review", accessRequestId, "--approve"], "other")}`);
  }
  if (scheduled) {
    const { accessRequestId: id, startsAt } = scheduled;
    terminal.note(`access request ${visible(id)} covers it from ${showTime(startsAt)} on`);
  }
  if (requirements.reviewers?.length === 0) {
    const hint = "ask Latchkey's operators, who write its policies";
    throw new Failure("policy lets nobody approve it", { exitCode: exitCodes.noPermission, hint });
  }
  const reason = requested.reason ?? (await askReason(terminal, requirements));
  const durationSeconds = requested.durationSeconds ?? (await askDuration(terminal));
  const request = await requestAccess(context, { ...key, osUser, reason, durationSeconds });
  const access = await waitForAccess(context, request);
  if (request.status === "pending") terminal.note("access is given");
  return access;
}

export async function askReason(terminal: Terminal, rules: Requirements): Promise<string> {
  for (;;) {
    const text = (await terminal.ask("Why do you need access? (Enter: not now) "))?.trim();
    if (text === undefined || text === "") throw declined();
    const missing = missingInReason(text, rules);
    if (!fits(contract.reason, text)) {
      terminal.note("a reason is one line of at most 500 characters, with something to read in it");
    } else if (missing !== undefined) terminal.note(`policy requires ${visible(missing)} in the reason`);
    else return text;
  }
}

export async function askDuration(terminal: Terminal): Promise<number> {
  for (;;) {
    const text = (await terminal.ask("For how long? [1h] "))?.trim();
    if (text === undefined) throw declined();
    if (text === "") return usualDuration;
    const seconds = parseDuration(text);
    if (seconds !== undefined) return seconds;
    terminal.note(durationHint);
  }
}

function declined(): Failure {
  return new Failure("nothing was asked for", { exitCode: exitCodes.noPermission });
}
