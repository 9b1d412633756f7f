/** Somebody who is on call. */
export interface OnCall {
  /** An id as Latchkey has it, such as `ada@example.com`. */
  readonly person: string;
  readonly until: Date;
}

/** Knows who is on call. Put your own roster in here. */
export interface Roster {
  /** Those who are on call for a service at that time. */
  onCall(service: string, now: Date): Promise<readonly OnCall[]>;
}

/** The times are ISO 8601. */
interface Shift {
  readonly person: string;
  readonly from: string;
  readonly to: string;
}

/** A roster of fixed shifts. @param shifts by service. */
export function rosterOf(shifts: Readonly<Record<string, readonly Shift[]>>): Roster {
  const ofService = new Map(Object.entries(shifts));
  return {
    async onCall(service, now) {
      return (ofService.get(service) ?? [])
        .map(({ person, from, to }) => ({ person, from: new Date(from), until: new Date(to) }))
        .filter(({ from, until }) => from <= now && now < until);
    },
  };
}
