import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { ec2Client } from "../../../../lambda/aws/ec2/client.ts";
import { startReader } from "../../../../lambda/aws/ec2/instance-starts.ts";
import { type Element, ec2Error, instancesResponse } from "../../../support/ec2-responses.ts";
import { useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("EC2");
const { readStarts } = startReader(ec2Client({ region: "us-east-1" }));
const instanceId = "i-0123456789abcdef0";
const read = () => readStarts(instanceId, new AbortController().signal);

const [first, last] = ["2026-01-02T03:04:05.000Z", "2026-03-02T03:04:05.000Z"];
const attached = (deviceIndex: string, attachTime: string, more: Record<string, Element> = {}) => ({
  attachment: { deviceIndex, attachTime, ...more },
});
const primary = attached("0", first);

beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

test.each([
  ["RequestLimitExceeded", 503, "upstream-unavailable"],
  ["UnauthorizedOperation", 403, "aws-refused"],
])("%s is %s", async (name, status, code) => {
  service.respondAlways(ec2Error(name, status));
  await expect(read()).rejects.toMatchObject({ code });
});

describe("nothing is known of the starts", () => {
  test.each<[sentence: string, instances: readonly Record<string, Element>[]]>([
    ["of an instance that is not there", []],
    ["of another than was asked for", [{ instanceId: "i-0a1b2c3d", launchTime: last, networkInterfaceSet: [primary] }]],
    ["if EC2 names no start", [{ instanceId, networkInterfaceSet: [primary] }]],
    ["without a network interface", [{ instanceId, launchTime: last }]],
    ["without the primary one", [{ instanceId, launchTime: last, networkInterfaceSet: [attached("1", last)] }]],
  ])("%s", async (_, instances) => {
    service.respond(instancesResponse(instances));
    await expect(read()).resolves.toBeUndefined();
  });
});

describe("the starts are read", () => {
  const instance = { instanceId, launchTime: last, networkInterfaceSet: [attached("1", last), primary] };

  test("the first by the primary interface, which stays for life; by one filter", async () => {
    service.respond(instancesResponse([instance]));
    await expect(read()).resolves.toEqual({ first: new Date(first), last: new Date(last) });
    expect(Object.fromEntries(new URLSearchParams(service.requests[0]?.body))).toMatchObject({
      Action: "DescribeInstances",
      "Filter.1.Name": "instance-id",
      "Filter.1.Value.1": instanceId,
    });
  });

  test("not by the first interface of another network card", async () => {
    const networkInterfaceSet = [attached("0", last, { networkCardIndex: "1" }), primary];
    service.respond(instancesResponse([{ ...instance, networkInterfaceSet }]));
    await expect(read()).resolves.toMatchObject({ first: new Date(first) });
  });

  test("from a second page, where the first is empty", async () => {
    service.respond(instancesResponse([], "token"), instancesResponse([instance]));
    await expect(read()).resolves.toMatchObject({ last: new Date(last) });
  });
});
