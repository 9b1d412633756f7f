import { expect, test } from "@jest/globals";
import { mayReadOn } from "../../../lambda/lists/page-work.ts";
import { testContext } from "../../support/test-context.ts";

test.each<[sentence: string, reads: number, millisecondsLeft: number, mayRead: boolean]>([
  ["a fifth read is one too many", 4, 8000, false],
  ["no further read starts three seconds before the deadline", 1, 3000, false],
  ["a further read starts before that", 3, 3001, true],
  ["the first read starts in any case, since only it tells where the list goes on", 0, 0, true],
])("%s", (_, reads, millisecondsLeft, mayRead) => {
  const now = new Date("2026-01-02T03:04:05.678Z");
  const context = testContext({ clock: () => now, deadlineAt: new Date(now.getTime() + millisecondsLeft) });
  expect(mayReadOn(reads, context)).toBe(mayRead);
});
