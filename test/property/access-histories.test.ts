import { afterAll, beforeAll, describe, jest } from "@jest/globals";
import fc from "fast-check";
import { type AttendedTable, startAttendedTable } from "../support/attended-table.ts";
import { testProperty } from "../support/property.ts";
import { check } from "./access-check.ts";
import { type History, historiesAtOnce, historiesInTurn } from "./access-history.ts";
import { perform } from "./perform-history.ts";

let table: AttendedTable | undefined;

beforeAll(async () => {
  table = await startAttendedTable();
  // The SDK waits for some part of a while before it sends a call again: for none of it.
  jest.spyOn(Math, "random").mockReturnValue(0);
});
afterAll(async () => table?.stop());

async function holds(history: History): Promise<void> {
  if (!table) throw new Error("There is no table");
  check(await perform(table, history));
}

describe("requests, reviews, endings and connections that run together agree with a sequential model", () => {
  testProperty(
    "in whatever order their calls are made, and whichever answers are lost or callers crash",
    { small: 300, large: 10_000 },
    fc.asyncProperty(historiesInTurn, holds),
  );

  testProperty(
    "when their calls are in flight together",
    { small: 60, large: 1000 },
    fc.asyncProperty(historiesAtOnce, holds),
  );
});
