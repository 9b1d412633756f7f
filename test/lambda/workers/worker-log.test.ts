import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Problem } from "../../../lambda/shared/problem.ts";
import { type Failure, failureOf, logWorker } from "../../../lambda/workers/worker-log.ts";
import { captureLog } from "../../support/captured-log.ts";

const logged = captureLog();
const counts = { EventsPublished: 2, EventsFailed: 1, EventsWaiting: 3 };

describe("an invocation leaves one line", () => {
  const failures = Array.from({ length: 9 }, (_, index) =>
    failureOf("publish", `c${index}.1`, new Problem("internal")),
  );

  test("at error where anything went wrong, with the first failures in full", () => {
    logWorker("sweep", { requestId: "request-1" }, counts, failures);
    expect(logged()).toEqual([expect.objectContaining({ level: "ERROR", message: "sweep.failed", EventsFailed: 1 })]);
    expect(logged()[0]?.["failures"]).toHaveLength(5);
  });

  test("at info where nothing did, with all that was noted", () => {
    logWorker("projection", { requestId: "request-1", records: 2 }, counts, []);
    const line = { level: "INFO", message: "projection.completed", requestId: "request-1", records: 2 };
    expect(logged()).toEqual([expect.objectContaining(line)]);
    expect(logged()[0]).not.toHaveProperty("failures");
  });
});

describe("the line is CloudWatch's metrics too", () => {
  test("by service alone, so that an alarm needs to know nothing else", () => {
    logWorker("sweep", {}, { ...counts, EventsWaiting: 0 }, []);
    expect(logged()[0]).toMatchObject({ service: "latchkey", EventsPublished: 2, EventsFailed: 1, EventsWaiting: 0 });
    expect(logged()[0]?.["_aws"]).toMatchObject({
      CloudWatchMetrics: [
        {
          Namespace: "Latchkey",
          Dimensions: [["service"]],
          Metrics: [
            { Name: "EventsPublished", Unit: "Count" },
            { Name: "EventsFailed", Unit: "Count" },
            { Name: "EventsWaiting", Unit: "Count" },
          ],
        },
      ],
    });
  });

  test("by the name of the stack, so that two stacks in one account do not mix theirs", () => {
    const module = path.resolve(import.meta.dirname, "../../../lambda/workers/worker-log.ts");
    const program = `import { logWorker } from ${JSON.stringify(module)};
      logWorker("sweep", {}, { EventsPublished: 1, EventsFailed: 0 }, []);`;
    const env = { ...process.env, STACK_NAME: "Other" };
    const line = execFileSync(process.execPath, ["--input-type=module", "-e", program], { env, encoding: "utf8" });
    expect(JSON.parse(line)).toMatchObject({
      service: "Other",
      _aws: { CloudWatchMetrics: [{ Dimensions: [["service"]] }] },
    });
  });

  test("and nothing of one invocation stays for the next", () => {
    logWorker("sweep", {}, counts, []);
    logWorker("projection", {}, { EventsPublished: 0, EventsFailed: 0 }, []);
    expect(logged()[1]).toMatchObject({ EventsPublished: 0, EventsFailed: 0 });
    expect(logged()[1]).not.toHaveProperty("EventsWaiting");
  });
});

describe("a failure is logged by its step, its item, and its cause", () => {
  const awsError = Object.assign(new Error("secret-key-material"), { $metadata: { requestId: "aws-1" } });
  test.each<[string, unknown, Partial<Failure>]>([
    ["a problem with a cause", new Problem("upstream-failure", { cause: awsError }), { code: "upstream-failure" }],
    ["what AWS said", awsError, {}],
  ])("%s, without AWS's own words", (_, error, told) => {
    const failure = failureOf("file", "c.1", error);
    expect(failure).toEqual({ step: "file", item: "c.1", ...told, cause: { name: "Error", awsRequestId: "aws-1" } });
  });

  test("a problem without a cause", () => {
    expect(failureOf("mark", "c.1", new Problem("deadline-exceeded"))).toMatchObject({
      code: "deadline-exceeded",
      cause: { name: "Problem" },
    });
  });

  test("an error of ours", () => {
    expect(failureOf("read", "1", new RangeError("off by one"))).toMatchObject({
      cause: { name: "RangeError", message: "off by one" },
    });
  });
});
