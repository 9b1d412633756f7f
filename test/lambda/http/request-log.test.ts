import { describe, expect, test } from "@jest/globals";
import { type ProblemCode, problems } from "../../../contract/problem.ts";
import { logRequest } from "../../../lambda/http/request-log.ts";
import { invalidField, Problem } from "../../../lambda/shared/problem.ts";
import type { LogFields } from "../../../lambda/shared/request-context.ts";
import { captureLog } from "../../support/captured-log.ts";

const logged = captureLog();
const facts: LogFields = { requestId: "request-1", route: "createConnection", callerId: "alice", callerKind: "person" };
const codes = Object.keys(problems) as ProblemCode[];

test("a successful response leaves one log line with all the facts", () => {
  logRequest(facts, 12);
  expect(logged()).toEqual([expect.objectContaining({ ...facts, level: "INFO", message: "request.completed" })]);
});

describe("a problem leaves one line", () => {
  test.each(codes.filter((code) => problems[code].status < 500))("%s: the caller's, at warn", (code) => {
    logRequest(facts, 12, new Problem(code));
    expect(logged()).toEqual([expect.objectContaining({ level: "WARN", message: "request.refused", code, ...facts })]);
  });

  test.each(codes.filter((code) => problems[code].status >= 500))("%s: ours, at error", (code) => {
    logRequest(facts, 12, new Problem(code));
    expect(logged()).toEqual([expect.objectContaining({ level: "ERROR", message: "request.failed", code, ...facts })]);
  });

  test("with the fields that are wrong, by pointer and code", () => {
    logRequest(facts, 12, invalidField("/port", "too-big"));
    expect(logged()[0]?.["errors"]).toEqual([{ pointer: "/port", code: "too-big" }]);
  });

  test.each(["unknown-field", "duplicate-parameter"])("without the caller's own name of a field, with %s", (code) => {
    logRequest(facts, 12, invalidField("/hostKeys/0/hunter2", code));
    expect(logged()[0]?.["errors"]).toEqual([{ pointer: "/hostKeys/0", code }]);
  });

  test("with the cause of a fault", () => {
    logRequest(facts, 12, new Problem("internal", { cause: new RangeError("off by one") }));
    expect(logged()[0]?.["cause"]).toMatchObject({ name: "RangeError", message: "off by one" });
  });

  test("without a cause where there is none", () => {
    logRequest(facts, 12, new Problem("deadline-exceeded"));
    expect(logged()[0]).not.toHaveProperty("cause");
  });
});

test("a line has the trace of its invocation, as Lambda tells it", () => {
  process.env["_X_AMZN_TRACE_ID"] = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0";
  logRequest(facts, 12);
  delete process.env["_X_AMZN_TRACE_ID"];
  expect(logged()[0]).toMatchObject({ xray_trace_id: "1-5759e988-bd862e3fe1be46a994272793" });
});

test("AWS's messages are not logged, because they may contain what Latchkey sent", () => {
  const error = Object.assign(new Error("secret-key-material"), { $metadata: { requestId: "aws-1" } });
  logRequest(facts, 12, new Problem("upstream-failure", { cause: error }));
  expect(logged()[0]?.["cause"]).toEqual({ name: "Error", awsRequestId: "aws-1" });
  expect(JSON.stringify(logged())).not.toContain("secret");
});

describe("the line is a metric of CloudWatch's too", () => {
  test.each<[string, number, Problem | undefined]>([
    ["a successful response is no fault", 0, undefined],
    ["the caller's mistake is no fault", 0, new Problem("access-denied")],
    ["a fault counts", 1, new Problem("internal")],
  ])("%s", (_, faults, problem) => {
    logRequest(facts, 12, problem);
    expect(logged()[0]).toMatchObject({ route: "createConnection", service: "latchkey", Duration: 12, Faults: faults });
    expect(logged()[0]?.["_aws"]).toMatchObject({
      CloudWatchMetrics: [{ Namespace: "Latchkey", Dimensions: [["service", "route"]] }],
    });
  });

  test("in whole: with the unit of each metric, at the time of the line", () => {
    logRequest({ requestId: "request-1", route: "health" }, 12);
    const [{ timestamp, ...line } = {}] = logged();
    expect(line).toEqual({
      level: "INFO",
      message: "request.completed",
      service: "latchkey",
      _aws: {
        Timestamp: Date.parse(String(timestamp)),
        CloudWatchMetrics: [
          {
            Namespace: "Latchkey",
            Dimensions: [["service", "route"]],
            Metrics: [
              { Name: "Duration", Unit: "Milliseconds" },
              { Name: "Faults", Unit: "Count" },
            ],
          },
        ],
      },
      route: "health",
      Duration: 12,
      Faults: 0,
      requestId: "request-1",
    });
  });

  test("by the route's name, or none", () => {
    logRequest({ requestId: "request-1" }, 12, new Problem("not-found"));
    expect(logged()[0]).toMatchObject({ route: "none" });
  });

  test("nothing of one request stays for the next", () => {
    logRequest(facts, 12, new Problem("internal"));
    logRequest({ requestId: "request-2", route: "health" }, 3);
    expect(logged()[1]).toMatchObject({ requestId: "request-2", route: "health", Duration: 3, Faults: 0 });
    expect(logged()[1]).not.toHaveProperty("callerId");
  });
});
