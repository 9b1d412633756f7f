import { SshError, type SshErrorCode } from "../ssh/ssh-error.ts";
import { showDuration } from "../ui/duration.ts";
import type { Tone } from "../ui/tone.ts";
import { type DropCause, HostKeyRefused, type SessionState, type Step } from "./session-state.ts";

/** What a person reads of a session: a word for its tab, and what has happened and what to do, if there is something to say. */
export interface SessionWords {
  readonly word: string;
  readonly tone: Tone;
  readonly title?: string;
  readonly details: readonly string[];
}

/** What each step does, while it does. */
export const stepNames: Readonly<Record<Step, string>> = {
  authorize: "Authorize",
  push: "Push the key",
  tunnel: "Open the tunnel",
  ssh: "Log in by SSH",
};

/** Seconds after which a step is said to be slow. */
const slow = 5;

/**
 * @param at now, in milliseconds
 * @returns for an error of the API the word alone: `api/help.ts` has the rest.
 */
export function wordsFor(state: SessionState, at: number): SessionWords {
  switch (state.is) {
    case "connecting":
      return { word: "Connecting", tone: "waiting", details: slowWords(state.step, (at - state.since) / 1000) };
    case "asking":
      return { word: "Question", tone: "waiting", details: [] };
    case "connected":
      return { word: "Connected", tone: "good", details: [] };
    case "dropped": {
      const hasAccessEnded = at >= (state.facts.accessExpiresAt ?? Number.POSITIVE_INFINITY);
      const [title, detail] = dropWords[state.cause];
      const details = [
        detail,
        ...(hasAccessEnded ? ["Your access has ended too: you may have to ask for it again."] : []),
      ];
      return { word: "Dropped", tone: "bad", title, details };
    }
    case "ended":
      return { word: "Ended", tone: "neutral", title: endWords(state.end), details: [] };
    case "failed":
      return { word: "Failed", tone: "bad", ...failureWords(state) };
  }
}

function slowWords(step: Step, seconds: number): readonly string[] {
  if (seconds < slow) return [];
  const who = step === "ssh" ? "The host" : step === "tunnel" ? "The endpoint" : "Latchkey";
  return [`${who} has not responded for ${showDuration(Math.floor(seconds))}.`];
}

const dropWords: Readonly<Record<DropCause, readonly [title: string, detail: string]>> = {
  closed: ["The connection was lost", "The tunnel closed before the shell ended. What ran in it may have ended too."],
  silent: ["The host no longer responds", "The network, the host or its endpoint is gone. Reconnect when it is back."],
  slept: ["The connection did not outlast the sleep", "This machine slept, and the host no longer responds."],
  "time-up": ["The tunnel has lasted as long as it may", "Reconnect opens another one."],
};

function endWords(end: (SessionState & { is: "ended" })["end"]): string {
  if (end.kind === "signal") return `The shell was ended by the signal ${end.signal.replace(/\W/g, "").slice(0, 20)}`;
  return end.status === 0 ? "The shell has ended" : `The shell has ended with exit status ${end.status}`;
}

function failureWords({ step, error }: SessionState & { is: "failed" }): Pick<SessionWords, "title" | "details"> {
  if (error instanceof HostKeyRefused)
    return { title: hostKeyWords[error.verdict][0], details: hostKeyWords[error.verdict][1] };
  if (error instanceof SshError) return { title: sshWords[error.code][0], details: sshWords[error.code][1] };
  if (step !== "tunnel") return { details: [] };
  return {
    title: "The tunnel cannot be opened",
    details: [
      "A browser is not told why. The network or a proxy may block WebSockets to the endpoint, the endpoint may have as many tunnels as it takes, or this machine's clock may be wrong.",
      "Try again. If it stays so, latchkey ssh says more.",
    ],
  };
}

type Words = readonly [title: string, details: readonly string[]];

const hostKeyWords: Readonly<Record<HostKeyRefused["verdict"], Words>> = {
  changed: [
    "The host's key has changed",
    [
      "Somebody may be intercepting the connection, or the host has a new key. Nothing was sent to it: no signature, no input.",
      "It cannot be accepted here. Ask those who run the instance: if the new key is right, they can register it.",
    ],
  ],
  invalid: [
    "The host's key is not valid",
    ["It is malformed or weak, so it proves nothing. Nothing was sent to the host."],
  ],
  declined: ["The host's key was not accepted", ["Nothing was sent to the host: no signature, no input."]],
};

const sshWords: Readonly<Record<SshErrorCode, Words>> = {
  "no-response": ["The host does not respond", ["The tunnel is open, but no SSH server responds through it in time."]],
  "no-common-algorithm": [
    "The host's SSH is too old for a browser",
    ["Host and console have no algorithm in common: it needs AES-GCM and ECDH. Use latchkey ssh."],
  ],
  "host-key-refused": hostKeyWords.declined,
  "key-refused": [
    "The host does not accept the key",
    [
      "Is the user name right for this image? The host needs EC2 Instance Connect, and must allow that user to log in by public key.",
    ],
  ],
  "no-terminal": [
    "The host gives no terminal",
    ["You are let in, but the host starts no shell on a terminal for this user."],
  ],
  lost: ["The connection was lost", ["The tunnel closed before the shell started."]],
};
