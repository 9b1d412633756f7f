/** Knows who is on call. Put your own roster in here. */
export interface Roster {
  /**
   * @param person an id as Latchkey has it, such as `ada@example.com`.
   * @returns until when they are on call for the service; undefined if they are not, now.
   */
  onCallUntil(service: string, person: string, now: Date): Promise<Date | undefined>;
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
    async onCallUntil(service, person, now) {
      const ends = (ofService.get(service) ?? [])
        .filter((shift) => shift.person === person && new Date(shift.from) <= now && now < new Date(shift.to))
        .map(({ to }) => Date.parse(to));
      return ends.length > 0 ? new Date(Math.max(...ends)) : undefined;
    },
  };
}
