import { computed, type Signal, signal } from "@preact/signals";
import { terminalLink } from "../ui/links.ts";
import type { SessionOptions } from "./session-options.ts";
import { isOpen, type SessionState } from "./session-state.ts";

export interface TerminalSession {
  readonly number: number;
  readonly options: SessionOptions;
  readonly state: Signal<SessionState>;
  /** What the host calls it, cleaned. */
  readonly title: Signal<string>;
}

/** The open terminals, in the order in which they were opened. */
export const sessions = signal<readonly TerminalSession[]>([]);

/** How many of them are connected, or about to be. */
export const openSessions = computed(() => sessions.value.filter(({ state }) => isOpen(state.value)).length);

let last = 0;

/** Opens a terminal and shows it. Only a person's press of a button may call this: it pushes a key. */
export function startSession(options: SessionOptions): void {
  last++;
  const state = signal<SessionState>({ is: "connecting", step: "authorize", since: Date.now() });
  sessions.value = [...sessions.value, { number: last, options, state, title: signal("") }];
  location.hash = terminalLink(last);
}

/** Closes a terminal for good, and shows the one beside it. */
export function closeSession({ number }: TerminalSession): void {
  const index = sessions.value.findIndex((session) => session.number === number);
  const rest = sessions.value.filter((session) => session.number !== number);
  sessions.value = rest;
  location.hash = terminalLink((rest[index] ?? rest.at(-1))?.number);
}
