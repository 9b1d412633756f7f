/** Knows incidents. Put your own system in here. */
export interface Incidents {
  /** The ids of a service's incidents that are not resolved, the oldest first. @param serviceId as the system has it */
  open(serviceId: string): Promise<readonly string[]>;
}

export interface PagerDutyOptions {
  readonly url?: string;
  /** Of the API, one that can only read. */
  readonly token: string;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** More than a service has open at a time: beyond it, the oldest count. */
const most = 100;

/**
 * The incidents of PagerDuty. It follows no redirect, which could lead anywhere.
 *
 * @throws Error without any of the response's text, which goes to a log.
 */
export function pagerDuty({ url = "https://api.pagerduty.com", token, timeout = 2000 }: PagerDutyOptions): Incidents {
  const headers = { Authorization: `Token token=${token}`, Accept: "application/vnd.pagerduty+json;version=2" };
  return {
    async open(serviceId) {
      const query = new URLSearchParams([
        ["service_ids[]", serviceId],
        ["statuses[]", "triggered"],
        ["statuses[]", "acknowledged"],
        ["sort_by", "created_at:asc"],
        ["limit", String(most)],
      ]);
      const signal = AbortSignal.timeout(timeout);
      const response = await fetch(`${url}/incidents?${query}`, { headers, signal, redirect: "error" });
      if (!response.ok) throw new Error(`PagerDuty responded with status ${response.status}`);
      return idsIn(await response.json().catch(() => undefined));
    },
  };
}

function idsIn(body: unknown): readonly string[] {
  const { incidents }: { incidents?: unknown } = { ...(body as object | undefined) };
  if (!Array.isArray(incidents)) throw new Error("PagerDuty responded with something other than incidents");
  return incidents.map(({ id }: { id?: unknown }) => {
    if (typeof id !== "string" || !/^\w{1,64}$/.test(id)) throw new Error("PagerDuty responded with another id");
    return id;
  });
}
