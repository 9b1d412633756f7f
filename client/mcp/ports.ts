import type { Call } from "../../sdk/call.ts";
import type { AccessRequest, Connection, Problem } from "../../sdk/types.ts";
import type { WaitOptions } from "../../sdk/wait-for-access.ts";
import type { Target } from "../instances/target.ts";

/**
 * What the tools work with. The command gives it to them: their code is in a bundle of its own, which knows neither the
 * command's classes of errors nor how to connect.
 */
export interface Ports {
  /** @throws Error for a call that is not one of `reachableCalls`. */
  readonly call: Call;
  readonly waitForAccess: (request: AccessRequest, options: WaitOptions) => Promise<AccessRequest>;
  readonly runRemotely: (request: RemoteCommand) => Promise<RemoteOutcome>;
  /** Any error in words. A fault of our own is also told on standard error. */
  readonly failureOf: (error: unknown) => ToolFailure;
  /** @returns the command line of `latchkey` with which somebody approves an access request. */
  readonly reviewCommand: (accessRequestId: string) => string;
}

/** What went wrong, in words. */
export interface ToolFailure {
  readonly message: string;
  /** What the user can do about it: it may name a command of `latchkey`. */
  readonly hint: string | undefined;
  /** What the API has responded with, if that is why. */
  readonly problem: Problem | undefined;
}

export interface RemoteCommand {
  readonly target: Target;
  /** For the shell of the OS user. */
  readonly command: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Gets the connection before anything is done with it. @returns why it is not used. */
  readonly refuses: (connection: Connection) => string | undefined;
}

export interface CollectedStream {
  /** Its first bytes. */
  readonly kept: Uint8Array;
  /** How many came. */
  readonly bytes: number;
}

export type RemoteOutcome =
  /** `refuses` has said why. */
  | { readonly kind: "refused"; readonly why: string }
  /** ssh has not logged in. */
  | {
      readonly kind: "no-login";
      /** What it wrote. */
      readonly stderr: CollectedStream;
      readonly stoppedBy?: StopReason;
      readonly advice?: { readonly note: string; readonly hint: string } | undefined;
    }
  | {
      readonly kind: "ended";
      /** Undefined if it was stopped. */
      readonly exitCode: number | undefined;
      readonly stoppedBy?: StopReason | undefined;
      readonly stdout: CollectedStream;
      readonly stderr: CollectedStream;
      /** What `latchkey ssh` would say on its way. */
      readonly notes: readonly string[];
      readonly connection: Connection;
    };

export type StopReason = "timeout" | "output";
