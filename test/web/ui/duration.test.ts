import { expect, test } from "@jest/globals";
import { showDuration } from "../../../web/ui/duration.ts";

test.each([
  [-5, "0 s"],
  [0, "0 s"],
  [0.2, "1 s"],
  [59, "59 s"],
  [60, "1 min"],
  [65, "1 min 5 s"],
  [3600, "1 h"],
  [7500, "2 h 5 min"],
  [3605, "1 h"],
  [90_000, "1 d 1 h"],
])("%d seconds are shown as %s", (seconds, shown) => {
  expect(showDuration(seconds)).toBe(shown);
});
