/** What counts of a ticket. */
export interface Ticket {
  readonly isOpen: boolean;
  /** A person's id as Latchkey has it, such as `ada@example.com`. */
  readonly assignee: string | undefined;
}

/** Knows tickets. Put your own system in here. */
export interface Tickets {
  /** @returns undefined if there is no such ticket. */
  find(id: string): Promise<Ticket | undefined>;
}

export interface TicketsOptions {
  /** The base of `tickets/<id>`, which responds with `{"status": "open", "assignee": "ada@example.com"}` or a 404. */
  readonly url: string;
  /** Such as the system's token. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout?: number;
}

/**
 * The tickets of a system with an HTTP API. It follows no redirect, which could lead anywhere.
 *
 * @throws Error without any of the response's text, which goes to a log.
 */
export function ticketsAt({ url, headers = {}, timeout = 5000 }: TicketsOptions): Tickets {
  const base = `${url.replace(/\/+$/, "")}/tickets/`;
  return {
    async find(id) {
      const signal = AbortSignal.timeout(timeout);
      const response = await fetch(base + encodeURIComponent(id), { headers, signal, redirect: "error" });
      if (response.status === 404) return undefined;
      if (!response.ok) throw new Error(`The ticket system responded with status ${response.status}`);
      return ticketIn(await response.json().catch(() => undefined));
    },
  };
}

function ticketIn(body: unknown): Ticket {
  const { status, assignee }: { status?: unknown; assignee?: unknown } = { ...(body as object | undefined) };
  if (typeof status !== "string") throw new Error("The ticket system responded with something other than a ticket");
  return { isOpen: status === "open", assignee: typeof assignee === "string" ? assignee : undefined };
}
