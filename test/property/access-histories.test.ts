import { beforeAll, describe, jest } from "@jest/globals";
import fc from "fast-check";
import { type AttendedTable, startAttendedTable } from "../support/attended-table.ts";
import { testProperty } from "../support/property.ts";
import { check } from "./access-check.ts";
import { type History, historiesAtOnce, historiesInTurn } from "./access-history.ts";
import { perform } from "./perform-history.ts";

let table: AttendedTable | undefined;

beforeAll(async () => {
  table = await startAttendedTable();
  // Without jitter the SDK retries at once.
  jest.spyOn(Math, "random").mockReturnValue(0);
});

async function holds(history: History): Promise<void> {
  if (!table) throw new Error("The table has not started");
  check(await perform(table, history));
}

describe("concurrent requests, reviews, endings and connections agree with a sequential model", () => {
  testProperty(
    "in any order of their calls, with any lost response and any crash of a caller",
    { small: 80, large: 1000 },
    fc.asyncProperty(historiesInTurn, holds),
  );

  testProperty(
    "when their calls are in flight at the same time",
    { small: 20, large: 200 },
    fc.asyncProperty(historiesAtOnce, holds),
  );
});
