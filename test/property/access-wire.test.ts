import { describe, jest } from "@jest/globals";
import fc from "fast-check";
import { startAttendedTable } from "../support/attended-table.ts";
import { testProperty } from "../support/property.ts";
import { check } from "./access-check.ts";
import { type History, historiesAtOnce, historiesInTurn } from "./access-history.ts";
import { perform } from "./perform-history.ts";

async function holdsOn(isMirrored: boolean, histories: fc.Arbitrary<History>) {
  // Without jitter the SDK retries at once.
  jest.spyOn(Math, "random").mockReturnValue(0);
  const table = await startAttendedTable(isMirrored);
  return fc.asyncProperty(histories, async (history) => check(await perform(table, history)));
}

describe("histories agree with the model by the wire, too", () => {
  testProperty(
    "one call after another, and the quick table responds to each as the embedded one does",
    { small: 30, large: 500 },
    () => holdsOn(true, historiesInTurn),
  );

  testProperty("when their calls are in flight at the same time", { small: 20, large: 200 }, () =>
    holdsOn(false, historiesAtOnce),
  );
});
