import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { ec2Client } from "../../../../lambda/aws/ec2/client.ts";
import { instanceReader } from "../../../../lambda/aws/ec2/instances.ts";
import { ec2Error, instancesResponse } from "../../../support/ec2-responses.ts";
import { useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("EC2");
const { describeInstance } = instanceReader(ec2Client({ region: "us-east-1" }), "us-east-1");
const instanceId = "i-0123456789abcdef0";
const find = (signal = new AbortController().signal) => describeInstance(instanceId, signal);
const parameters = (index = 0) => new URLSearchParams(service.requests[index]?.body);

beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

describe("an instance that is not there", () => {
  test("is an empty answer, which took one call like any other", async () => {
    service.respond(instancesResponse([]));
    await expect(find()).resolves.toBeUndefined();
  });

  test("is not another one that EC2 answers with", async () => {
    service.respond(instancesResponse([{ instanceId: "i-0a1b2c3d" }]));
    await expect(find()).resolves.toBeUndefined();
  });
});

describe("faults are not the caller's", () => {
  test.each([
    ["RequestLimitExceeded", 503, "upstream-unavailable"],
    ["Unavailable", 503, "upstream-unavailable"],
    ["UnauthorizedOperation", 403, "aws-refused"],
    ["AuthFailure", 401, "upstream-failure"],
    ["InternalError", 500, "upstream-failure"],
    ["InvalidParameterValue", 400, "upstream-failure"],
    ["InvalidNextToken", 400, "upstream-failure"],
  ])("%s under %d is %s", async (name, status, code) => {
    service.respond(...Array.from({ length: status >= 500 ? 3 : 1 }, () => ec2Error(name, status)));
    await expect(find()).rejects.toMatchObject({ code });
  });

  test("a silent EC2 is deadline-exceeded when the deadline ends", async () => {
    const deadline = new AbortController();
    service.respond(() => {
      setImmediate(() => deadline.abort());
      return "silence";
    });
    await expect(find(deadline.signal)).rejects.toMatchObject({ code: "deadline-exceeded" });
  });
});

describe("how it is asked for", () => {
  test("by filter, so that an absent one is no error of EC2's", async () => {
    service.respond(instancesResponse([{ instanceId }]));
    await expect(find()).resolves.toMatchObject({ instanceId });
    expect(Object.fromEntries(parameters())).toEqual({
      Action: "DescribeInstances",
      Version: "2016-11-15",
      "Filter.1.Name": "instance-id",
      "Filter.1.Value.1": instanceId,
    });
  });

  test("to the last page, where EC2 begins with an empty one", async () => {
    service.respond(instancesResponse([], "page-2"), instancesResponse([{ instanceId }]));
    await expect(find()).resolves.toMatchObject({ instanceId });
    expect(parameters(1).get("NextToken")).toBe("page-2");
  });

  test("once more when EC2 was too busy", async () => {
    service.respond(ec2Error("RequestLimitExceeded", 503), instancesResponse([{ instanceId }]));
    await expect(find()).resolves.toMatchObject({ instanceId });
  });
});
