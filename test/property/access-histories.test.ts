import { describe } from "@jest/globals";
import fc from "fast-check";
import { startQuickTable } from "../support/attended-table.ts";
import { testProperty } from "../support/property.ts";
import { check } from "./access-check.ts";
import { historiesInTurn } from "./access-history.ts";
import { perform } from "./perform-history.ts";

const table = startQuickTable();

describe("concurrent requests, reviews, endings and connections agree with a sequential model", () => {
  testProperty(
    "in any order of their calls, with any lost response and any crash of a caller",
    { small: 400, large: 10_000 },
    fc.asyncProperty(historiesInTurn, async (history) => check(await perform(table, history))),
  );
});
