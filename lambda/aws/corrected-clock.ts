import type { AwsResponse } from "./request-handler.ts";

/** Milliseconds: with a signature's time that far from AWS's, the time may be why a call failed. */
const farOff = 240_000;

/**
 * This machine's clock, corrected by the time that AWS's responses tell, as the SDK corrects it. No response is old: a call is
 * given up after seconds.
 */
export class CorrectedClock {
  #offset = 0;

  now(): Date {
    return new Date(Date.now() + this.#offset);
  }

  /**
   * @param signedAt the time by this clock at which the call was signed.
   * @returns whether that was so wrong that a call which failed is worth another attempt.
   */
  learnFrom({ headers: { date = "", age } }: AwsResponse, signedAt: Date): boolean {
    const [here, there] = [Date.now(), Date.parse(date)];
    // A response of a cache has an age.
    if (Number.isNaN(there) || age !== undefined) return false;
    this.#offset = there - here;
    return Math.abs(there - signedAt.getTime()) >= farOff;
  }
}
