import { describe, expect, test } from "@jest/globals";
import { ApiProblem, NetworkError } from "../../../sdk/index.ts";
import { SshError } from "../../../web/ssh/ssh-error.ts";
import type { Facts } from "../../../web/terminal/facts.ts";
import { limitsOf } from "../../../web/terminal/limits.ts";
import {
  HostKeyRefused,
  isOpen,
  nextState,
  type SessionEvent,
  type SessionState,
  wasTooLate,
} from "../../../web/terminal/session-state.ts";
import { wordsFor } from "../../../web/terminal/session-words.ts";

const facts: Facts = {
  instanceId: "i-0123456789abcdef0",
  accountId: "111122223333",
  region: "us-east-1",
  user: "ec2-user",
  hostKeys: [],
  keyExpiresAt: 60_000,
  urlExpiresAt: 60_000,
  maxTunnelSeconds: 900,
};
const offered = { line: "ssh-ed25519 AAAA", type: "ssh-ed25519", fingerprint: "SHA256:x" };
const refused = (code: string) =>
  new ApiProblem({ type: "", title: "T", status: 403, detail: "D", code, retryable: false, requestId: "r" });

const started: SessionEvent = { type: "started", at: 0 };
const pushed: SessionEvent = { type: "pushed", facts, at: 100 };
const opened: SessionEvent = { type: "tunnel-opened", at: 200 };
const shell: SessionEvent = { type: "shell-started" };
const asked: SessionEvent = { type: "host-key-asked", offered };
const initial: SessionState = { is: "connecting", step: "authorize", since: 0 };
const stateAfter = (...events: readonly SessionEvent[]) => events.reduce(nextState, initial);
const failed = (error: unknown): SessionEvent => ({ type: "failed", error });
const ended = (end: (SessionEvent & { type: "shell-ended" })["end"], at = 300): SessionEvent => ({
  type: "shell-ended",
  end,
  at,
});

describe("a session", () => {
  test.each<[string, readonly SessionEvent[], object]>([
    [
      "that policy refuses has failed to authorize",
      [failed(refused("access-denied"))],
      { is: "failed", step: "authorize" },
    ],
    ["that needs approval too", [failed(refused("approval-required"))], { is: "failed", step: "authorize" }],
    ["without a route has failed to push", [failed(refused("no-route-to-instance"))], { is: "failed", step: "push" }],
    ["whose API is silent has failed to authorize", [failed(new NetworkError("TIMEOUT", "h"))], { step: "authorize" }],
    [
      "whose upgrade is refused has failed at the tunnel",
      [pushed, failed(new Error())],
      { is: "failed", step: "tunnel" },
    ],
    ["whose host is silent has failed at SSH", [pushed, opened, failed(new SshError("no-response"))], { step: "ssh" }],
    ["whose host key is declined has failed at SSH", [pushed, opened, asked, failed(new Error())], { step: "ssh" }],
    ["has no shell before its tunnel", [shell], { is: "connecting", step: "authorize" }],
    ["has no shell before its host key is accepted", [pushed, opened, asked, shell], { is: "asking" }],
    ["asks no question before its tunnel is open", [pushed, asked], { is: "connecting", step: "tunnel" }],
    ["that has failed takes no late shell", [failed(new Error()), pushed, opened, shell], { is: "failed" }],
    [
      "that has ended is not lost afterwards",
      [pushed, opened, shell, ended({ kind: "exit", status: 0 }), { type: "lost", cause: "silent" }],
      { is: "ended" },
    ],
    [
      "whose tunnel closes is dropped",
      [pushed, opened, shell, ended({ kind: "lost" })],
      { is: "dropped", cause: "closed" },
    ],
    [
      "whose tunnel closes at its time is dropped for that",
      [pushed, opened, shell, ended({ kind: "lost" }, 900_000)],
      { cause: "time-up" },
    ],
    [
      "whose host is silent is dropped",
      [pushed, opened, shell, { type: "lost", cause: "slept" }],
      { is: "dropped", cause: "slept" },
    ],
    [
      "that was dropped connects again from the start",
      [pushed, opened, shell, ended({ kind: "lost" }), started],
      initial,
    ],
    ["asks about a host key that nobody knows", [pushed, opened, asked], { is: "asking", offered }],
    [
      "goes on when the key is accepted",
      [pushed, opened, asked, { type: "host-key-accepted", at: 250 }],
      { is: "connecting", step: "ssh", since: 250 },
    ],
    [
      "knows from when on its tunnel counts",
      [pushed, opened, shell],
      { is: "connected", facts: { tunnelEndsAt: 900_200 } },
    ],
    [
      "ends with the shell's status",
      [pushed, opened, shell, ended({ kind: "exit", status: 3 })],
      { is: "ended", end: { kind: "exit", status: 3 } },
    ],
  ])("%s", (_, events, state) => {
    expect(stateAfter(...events)).toMatchObject(state);
  });

  test.each<[string, SessionState, boolean]>([
    ["failed", stateAfter(failed(new Error())), false],
    ["was dropped", stateAfter(pushed, opened, shell, ended({ kind: "lost" })), false],
    ["ended", stateAfter(pushed, opened, shell, ended({ kind: "exit", status: 0 })), false],
    ["connects", initial, true],
    ["asks", stateAfter(pushed, opened, asked), true],
    ["is connected", stateAfter(pushed, opened, shell), true],
  ])("that %s: whether closing the page would end it", (_, state, is) => {
    expect(isOpen(state)).toBe(is);
  });

  test.each<[string, readonly SessionEvent[], number, boolean]>([
    ["a refused upgrade within the URL's minute", [pushed, failed(new Error())], 59_999, false],
    ["a refused key within its minute", [pushed, opened, failed(new SshError("key-refused"))], 59_999, false],
    ["a changed host key, whenever", [pushed, opened, failed(new HostKeyRefused("changed", offered))], 90_000, false],
    ["a silent host, whenever", [pushed, opened, failed(new SshError("no-response"))], 90_000, false],
    ["a refusal of the API's, whenever", [failed(refused("access-denied"))], 90_000, false],
    ["a refused upgrade after the URL's minute", [pushed, failed(new Error())], 60_000, true],
    ["a refused key after its minute", [pushed, opened, failed(new SshError("key-refused"))], 60_000, true],
    [
      "a host that hung up while the question stood",
      [pushed, opened, asked, failed(new SshError("lost"))],
      120_000,
      true,
    ],
  ])("connects again by itself, with a new key, after %s", (_, events, at, is) => {
    expect(wasTooLate(stateAfter(...events), at)).toBe(is);
  });
});

describe("the words for a session", () => {
  const everyFailure = [
    ...(["changed", "invalid", "declined"] as const).map((verdict) => new HostKeyRefused(verdict, offered)),
    ...(["no-response", "no-common-algorithm", "host-key-refused", "key-refused", "no-terminal", "lost"] as const).map(
      (code) => new SshError(code),
    ),
    new NetworkError("WS_NO_HANDSHAKE", "host"),
  ];

  test("say of every failure of tunnel and host what happened and what to do", () => {
    for (const error of everyFailure) {
      const step = error instanceof NetworkError ? "tunnel" : "ssh";
      const { title, details, tone } = wordsFor({ is: "failed", step, error, facts }, 0);
      expect({ title, tone, details }).toEqual({
        title: expect.stringMatching(/^[A-Z].*[^.]$/),
        tone: "bad",
        details: expect.arrayContaining([expect.stringMatching(/\.$/)]),
      });
    }
  });

  test.each<[string, SessionState, number, string]>([
    ["that Latchkey is silent", initial, 12_000, "Latchkey has not responded for 12 s."],
    [
      "that the host is silent",
      { is: "connecting", step: "ssh", since: 0, facts },
      6000,
      "The host has not responded for 6 s.",
    ],
    ["nothing of a step that is quick", initial, 4000, ""],
  ])("say %s", (_, state, at, text) => {
    expect(wordsFor(state, at).details.join(" ")).toBe(text);
  });

  test("say of a drop that the access has ended too", () => {
    const dropped: SessionState = { is: "dropped", cause: "silent", facts: { ...facts, accessExpiresAt: 1000 } };
    expect(wordsFor(dropped, 999).details).toHaveLength(1);
    expect(wordsFor(dropped, 1000).details).toHaveLength(2);
  });

  test("take a signal's name as data", () => {
    const state: SessionState = { is: "ended", end: { kind: "signal", signal: `K<b>\u202e${"L".repeat(99)}` }, facts };
    expect(wordsFor(state, 0).title).toBe(`The shell was ended by the signal Kb${"L".repeat(18)}`);
  });
});

describe("what runs out", () => {
  const all = { ...facts, accessExpiresAt: 1_000_000, tunnelEndsAt: 900_000 };

  test.each<[string, SessionState, number, object]>([
    ["is nothing before the key is pushed", initial, 0, []],
    [
      "is the key until it is used",
      { is: "connecting", step: "ssh", since: 0, facts: all },
      10_000,
      [{ name: "Key", seconds: 50 }],
    ],
    [
      "is the key while a question stands",
      { is: "asking", offered, facts: all },
      59_000,
      [{ name: "Key", seconds: 1 }],
    ],
    ["is the access then", { is: "connected", facts: all }, 0, [{ name: "Access", seconds: 1000 }]],
    [
      "and the tunnel, when it ends soon",
      { is: "connected", facts: all },
      600_000,
      [
        { name: "Access", seconds: 400 },
        { name: "Tunnel", seconds: 300 },
      ],
    ],
    ["is nothing that has run out", { is: "connected", facts: all }, 1_000_000, []],
    ["is nothing of a session that has ended", { is: "dropped", cause: "closed", facts: all }, 0, []],
  ])("%s", (_, state, at, limits) => {
    expect(limitsOf(state, at)).toEqual(limits);
  });
});
