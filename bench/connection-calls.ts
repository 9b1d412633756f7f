import { workerFunctionNames } from "../contract/routes.ts";
import type { LoggedCall } from "../local/aws/call-log.ts";
import { wavesOf } from "../test/support/waves.ts";

/** What one connection asks of AWS. */
export interface ConnectionCalls {
  /** Waves of control-plane calls that stand in a row. */
  readonly waves: number;
  /** Calls of DynamoDB that read the table. */
  readonly reads: number;
  /** Calls of DynamoDB that write to it. */
  readonly writes: number;
}

const writing = /^(?:Put|Update|Delete|TransactWrite|BatchWrite)/;

/** What is done for a request: the rest follows behind the caller's back. */
const inRequest = (calls: readonly LoggedCall[]) =>
  calls.filter(({ role }) => workerFunctionNames.every((name) => name !== role));

/**
 * Counts the calls of one connection, those that bring its events to the bus left out.
 *
 * @param calls what the stand-ins have logged, each held back long enough that calls which run together overlap.
 */
export function countCalls(calls: readonly LoggedCall[]): ConnectionCalls {
  const made = inRequest(calls);
  const table = made.filter(({ service }) => service === "dynamodb");
  const writes = table.filter(({ operation }) => writing.test(operation)).length;
  const controlPlane = made.filter(({ service }) => service !== "dynamodb");
  return { waves: wavesOf(controlPlane).length, reads: table.length - writes, writes };
}
