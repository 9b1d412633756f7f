import { describe, expect, test } from "@jest/globals";
import { Problem } from "../../../lambda/shared/problem.ts";
import { type Fault, faultOf, logWorker } from "../../../lambda/workers/worker-log.ts";
import { captureLog } from "../../support/captured-log.ts";

const logged = captureLog();
const counts = { EventsPublished: 2, EventsFailed: 1, EventsWaiting: 3 };

describe("an invocation leaves one line", () => {
  const faults = Array.from({ length: 9 }, (_, index) => faultOf("publish", `c${index}.1`, new Problem("internal")));

  test("at error where anything went wrong, with the first faults in full", () => {
    logWorker("sweep", { requestId: "request-1" }, counts, faults);
    expect(logged()).toEqual([expect.objectContaining({ level: "ERROR", message: "sweep.failed", EventsFailed: 1 })]);
    expect(logged()[0]?.["faults"]).toHaveLength(5);
  });

  test("at info where nothing did, with all that was noted", () => {
    logWorker("projection", { requestId: "request-1", records: 2 }, counts, []);
    const line = { level: "INFO", message: "projection.completed", requestId: "request-1", records: 2 };
    expect(logged()).toEqual([expect.objectContaining(line)]);
    expect(logged()[0]).not.toHaveProperty("faults");
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

  test("and nothing of one invocation stays for the next", () => {
    logWorker("sweep", {}, counts, []);
    logWorker("projection", {}, { EventsPublished: 0, EventsFailed: 0 }, []);
    expect(logged()[1]).toMatchObject({ EventsPublished: 0, EventsFailed: 0 });
    expect(logged()[1]).not.toHaveProperty("EventsWaiting");
  });
});

describe("a fault is told by its step, its item, and its cause", () => {
  const awsError = Object.assign(new Error("secret-key-material"), { $metadata: { requestId: "aws-1" } });
  test.each<[string, unknown, Partial<Fault>]>([
    ["a problem with a cause", new Problem("upstream-failure", { cause: awsError }), { code: "upstream-failure" }],
    ["what AWS said", awsError, {}],
  ])("%s, without AWS's own words", (_, error, told) => {
    const fault = faultOf("file", "c.1", error);
    expect(fault).toEqual({ step: "file", item: "c.1", ...told, cause: { name: "Error", awsRequestId: "aws-1" } });
  });

  test("a problem without a cause", () => {
    expect(faultOf("mark", "c.1", new Problem("deadline-exceeded"))).toMatchObject({
      code: "deadline-exceeded",
      cause: { name: "Problem" },
    });
  });

  test("an error of ours", () => {
    expect(faultOf("read", "1", new RangeError("off by one"))).toMatchObject({
      cause: { name: "RangeError", message: "off by one" },
    });
  });
});
