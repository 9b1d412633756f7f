import { ApiProblem } from "../../sdk/index.ts";
import type { OfferedHostKey } from "../ssh/host-key-check.ts";
import type { ShellEnd } from "../ssh/shell.ts";
import { SshError } from "../ssh/ssh-error.ts";
import type { Facts } from "./facts.ts";

/** The steps from Connect to the prompt. Latchkey takes the first two in one call. */
export const steps = ["authorize", "push", "tunnel", "ssh"] as const;
export type Step = (typeof steps)[number];

/** Why a session was lost. */
export type DropCause =
  /** The other side closed it. */
  | "closed"
  /** The host no longer responds. */
  | "silent"
  /** As silent, after this machine slept. */
  | "slept"
  /** The tunnel has lasted as long as it may. */
  | "time-up";

export type SessionState =
  | { readonly is: "connecting"; readonly step: Step; readonly since: number; readonly facts?: Facts | undefined }
  /** A person must say whether this is the host's key. */
  | { readonly is: "asking"; readonly offered: OfferedHostKey; readonly facts: Facts }
  | { readonly is: "connected"; readonly facts: Facts }
  | { readonly is: "dropped"; readonly cause: DropCause; readonly facts: Facts }
  | { readonly is: "ended"; readonly end: Exclude<ShellEnd, { kind: "lost" }>; readonly facts: Facts }
  | { readonly is: "failed"; readonly step: Step; readonly error: unknown; readonly facts?: Facts | undefined };

export type SessionEvent =
  /** Connects, or connects again with a new key. */
  | { readonly type: "started"; readonly at: number }
  | { readonly type: "pushed"; readonly facts: Facts; readonly at: number }
  | { readonly type: "tunnel-opened"; readonly at: number }
  | { readonly type: "host-key-asked"; readonly offered: OfferedHostKey }
  | { readonly type: "host-key-accepted"; readonly at: number }
  | { readonly type: "shell-started" }
  | { readonly type: "shell-ended"; readonly end: ShellEnd; readonly at: number }
  | { readonly type: "lost"; readonly cause: DropCause }
  | { readonly type: "failed"; readonly error: unknown };

/** What a session is after something has happened. What comes too late, or too early, changes nothing. */
export function nextState(state: SessionState, event: SessionEvent): SessionState {
  if (event.type === "started") return { is: "connecting", step: "authorize", since: event.at };
  switch (state.is) {
    case "connecting":
      return whileConnecting(state, event);
    case "asking": {
      const { facts } = state;
      if (event.type === "host-key-accepted") return { is: "connecting", step: "ssh", since: event.at, facts };
      return event.type === "failed" ? { is: "failed", step: "ssh", error: event.error, facts } : state;
    }
    case "connected":
      return whileConnected(state, event);
    default:
      return state;
  }
}

function whileConnecting(state: SessionState & { is: "connecting" }, event: SessionEvent): SessionState {
  const { step, facts } = state;
  if (event.type === "failed") return { is: "failed", step: failedStep(step, event.error), error: event.error, facts };
  if (event.type === "pushed" && step === "authorize")
    return { is: "connecting", step: "tunnel", since: event.at, facts: event.facts };
  if (facts === undefined) return state;
  if (event.type === "tunnel-opened" && step === "tunnel") {
    const tunnelEndsAt = event.at + facts.maxTunnelSeconds * 1000;
    return { is: "connecting", step: "ssh", since: event.at, facts: { ...facts, tunnelEndsAt } };
  }
  if (step !== "ssh") return state;
  if (event.type === "host-key-asked") return { is: "asking", offered: event.offered, facts };
  return event.type === "shell-started" ? { is: "connected", facts } : state;
}

function whileConnected(state: SessionState & { is: "connected" }, event: SessionEvent): SessionState {
  const { facts } = state;
  if (event.type === "lost") return { is: "dropped", cause: event.cause, facts };
  if (event.type !== "shell-ended") return state;
  if (event.end.kind !== "lost") return { is: "ended", end: event.end, facts };
  return { is: "dropped", cause: isTimeUp(facts, event.at) ? "time-up" : "closed", facts };
}

/** Milliseconds: an endpoint's clock and this one's may differ, and its close takes a moment. */
const tolerance = 3000;

const isTimeUp = ({ tunnelEndsAt = Number.POSITIVE_INFINITY }: Facts, at: number) => at >= tunnelEndsAt - tolerance;

/** Problems that come after the decision: the key could not be pushed, or nothing could be presigned. */
const problemsOfPush: readonly string[] = [
  "instance-not-running",
  "no-route-to-instance",
  "endpoint-unavailable",
  "not-covered-by-push-tag",
  "key-rejected",
  "aws-refused",
  "upstream-failure",
  "upstream-unavailable",
];

function failedStep(step: Step, error: unknown): Step {
  return step === "authorize" && problemsOfPush.includes(problemCode(error) ?? "") ? "push" : step;
}

/** The code of a problem document; undefined for any other error. */
export const problemCode = (error: unknown) => (error instanceof ApiProblem ? error.problem.code : undefined);

/** Why the host's key was not accepted. `declined`: a person said no. */
export class HostKeyRefused extends Error {
  override readonly name = "HostKeyRefused";
  readonly verdict: "changed" | "invalid" | "declined";
  readonly offered: OfferedHostKey;

  constructor(verdict: HostKeyRefused["verdict"], offered: OfferedHostKey) {
    super(verdict);
    this.verdict = verdict;
    this.offered = offered;
  }
}

/** Whether a session is under way: closing the page would end it. */
export const isOpen = ({ is }: SessionState): boolean => is === "connecting" || is === "asking" || is === "connected";

/** Whether what failed was too late only: the key's or the URL's minute had ended. The same with a new key may succeed. */
export function wasTooLate(state: SessionState, at: number): boolean {
  if (state.is !== "failed" || state.facts === undefined) return false;
  const { step, facts, error } = state;
  if (step === "tunnel") return at >= facts.urlExpiresAt;
  // Hosts hang up on those who are slow to log in, too.
  const isOfKey = error instanceof SshError && ["key-refused", "lost"].includes(error.code);
  return step === "ssh" && isOfKey && at >= facts.keyExpiresAt;
}
