import type { ReachabilityCheck } from "../../contract/instance.ts";

type Result = ReachabilityCheck["result"];

const made =
  (result: Result) =>
  (check: ReachabilityCheck["check"], ...sentences: readonly string[]): ReachabilityCheck => ({
    check,
    result,
    detail: sentences.join(" "),
  });

export const pass = made("pass");
export const unknown = made("unknown");
/** Its second sentence says what to change. */
export const fail: (check: ReachabilityCheck["check"], found: string, fix: string) => ReachabilityCheck = made("fail");
