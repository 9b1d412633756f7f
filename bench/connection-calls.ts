import { workerFunctionNames } from "../contract/routes.ts";
import type { LoggedCall } from "../local/aws/call-log.ts";
import { roundTripsOf } from "../test/support/round-trips.ts";

/** What the bench needs to know of a call. */
export type MadeCall = Pick<LoggedCall, "service" | "operation" | "role" | "startedAt" | "endedAt">;

/** The AWS calls of one connection. */
export interface ConnectionCalls {
  /** Round trips of control-plane calls, one after the other. */
  readonly roundTrips: number;
  /** DynamoDB calls that read the table. */
  readonly reads: number;
  /** DynamoDB calls that write to it. */
  readonly writes: number;
}

const writing = /^(?:Put|Update|Delete|TransactWrite|BatchWrite)/;

/** The functions that serve a request; the others run afterwards. */
const inRequest = (calls: readonly MadeCall[]) =>
  calls.filter(({ role }) => workerFunctionNames.every((name) => name !== role));

/**
 * Counts the calls of one connection, without those that deliver its events.
 *
 * @param calls the calls that the stand-ins logged, each delayed long enough for parallel calls to overlap.
 */
export function countCalls(calls: readonly MadeCall[]): ConnectionCalls {
  const made = inRequest(calls);
  const table = made.filter(({ service }) => service === "dynamodb");
  const writes = table.filter(({ operation }) => writing.test(operation)).length;
  const controlPlane = made.filter(({ service }) => service !== "dynamodb");
  return { roundTrips: roundTripsOf(controlPlane).length, reads: table.length - writes, writes };
}
