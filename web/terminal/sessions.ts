import { signal } from "@preact/signals";
import { terminalLink } from "../ui/links.ts";

/** What a person connects to, and how. */
export interface SessionOptions {
  readonly instanceId: string;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
  readonly name?: string | undefined;
  readonly osUser?: string | undefined;
  readonly connectionType?: string | undefined;
  readonly ipAddress?: string | undefined;
  readonly endpointId?: string | undefined;
  readonly reason?: string | undefined;
}

export interface TerminalSession {
  readonly number: number;
  readonly options: SessionOptions;
}

/** The open terminals, in the order in which they were opened. */
export const sessions = signal<readonly TerminalSession[]>([]);

let last = 0;

/** Opens a terminal and shows it. Only a person's press of a button may call this: it pushes a key. */
export function startSession(options: SessionOptions): void {
  last++;
  sessions.value = [...sessions.value, { number: last, options }];
  location.hash = terminalLink(last);
}
