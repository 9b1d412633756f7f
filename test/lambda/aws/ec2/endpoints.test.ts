import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { ec2Client } from "../../../../lambda/aws/ec2/client.ts";
import { endpointReader } from "../../../../lambda/aws/ec2/endpoints.ts";
import { type Element, ec2Error, ec2Response } from "../../../support/ec2-responses.ts";
import { type ScriptedResponse, useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("EC2");
const signal = new AbortController().signal;

function endpointsResponse(endpoints: readonly Record<string, Element>[], nextToken?: string): ScriptedResponse {
  return ec2Response("DescribeInstanceConnectEndpoints", {
    instanceConnectEndpointSet: endpoints,
    ...(nextToken !== undefined && { nextToken }),
  });
}
const one = { instanceConnectEndpointId: "eice-00000001" };
const two = { instanceConnectEndpointId: "eice-00000002" };

let now: number;
/** Each test has a reader of its own, with an empty cache. */
let reader: ReturnType<typeof endpointReader>;
const describeAt = (milliseconds: number, deadline = signal) => {
  now = milliseconds;
  return reader.describeEndpoints(deadline);
};
const idsAt = async (milliseconds: number) => (await describeAt(milliseconds)).map(({ endpointId }) => endpointId);

beforeEach(() => {
  reader = endpointReader(ec2Client({ region: "us-east-1" }), () => new Date(now));
  jest.spyOn(Math, "random").mockReturnValue(0);
});

describe("faults", () => {
  test.each([
    ["RequestLimitExceeded", 503, "upstream-unavailable"],
    ["UnauthorizedOperation", 403, "aws-refused"],
  ])("%s is %s, and is not kept", async (name, status, code) => {
    service.respond(
      ...Array.from({ length: status >= 500 ? 3 : 1 }, () => ec2Error(name, status)),
      endpointsResponse([one]),
    );
    await expect(idsAt(0)).rejects.toMatchObject({ code });
    await expect(idsAt(0)).resolves.toEqual(["eice-00000001"]);
  });

  test("a fault on the second page leaves nothing of the first", async () => {
    service.respond(
      endpointsResponse([one], "page-2"),
      ec2Error("UnauthorizedOperation", 403),
      endpointsResponse([two]),
    );
    await expect(idsAt(0)).rejects.toMatchObject({ code: "aws-refused" });
    await expect(idsAt(0)).resolves.toEqual(["eice-00000002"]);
  });

  test("a deadline that has ended is deadline-exceeded", async () => {
    await expect(describeAt(0, AbortSignal.abort())).rejects.toMatchObject({ code: "deadline-exceeded" });
  });
});

describe("endpoints are cached for a minute by the given clock", () => {
  test("a second before the minute ends they are not read again", async () => {
    service.respond(endpointsResponse([one]));
    await idsAt(0);
    await expect(idsAt(59_999)).resolves.toEqual(["eice-00000001"]);
  });

  test("when the minute ends they are read again", async () => {
    service.respond(endpointsResponse([one]), endpointsResponse([two]));
    await idsAt(0);
    await expect(idsAt(60_000)).resolves.toEqual(["eice-00000002"]);
  });

  test("an empty region is cached too", async () => {
    service.respond(endpointsResponse([]));
    await idsAt(0);
    await expect(idsAt(59_999)).resolves.toEqual([]);
  });
});

describe("a read of the endpoints", () => {
  test("every page, in order", async () => {
    service.respond(endpointsResponse([one], "page-2"), endpointsResponse([], "page-3"), endpointsResponse([two]));
    await expect(idsAt(0)).resolves.toEqual(["eice-00000001", "eice-00000002"]);
    expect(new URLSearchParams(service.requests[2]?.body).get("NextToken")).toBe("page-3");
  });

  test("an endpoint with every field, and one with empty names and no address type", async () => {
    service.respond(
      endpointsResponse([
        {
          ...one,
          vpcId: "vpc-1",
          subnetId: "subnet-1",
          state: "create-complete",
          ipAddressType: "dualstack",
          dnsName: "one.example",
          fipsDnsName: "one-fips.example",
        },
        { ...two, dnsName: "", fipsDnsName: "" },
      ]),
    );
    await expect(describeAt(0)).resolves.toStrictEqual([
      {
        endpointId: "eice-00000001",
        vpcId: "vpc-1",
        subnetId: "subnet-1",
        state: "create-complete",
        ipAddressType: "dualstack",
        dnsName: "one.example",
        fipsDnsName: "one-fips.example",
      },
      { endpointId: "eice-00000002", vpcId: "", subnetId: "", state: "", ipAddressType: "ipv4" },
    ]);
  });
});

describe("an endpoint's names", () => {
  const ipv4 = { dnsName: "four.example", fipsDnsName: "four-fips.example" };
  const dualstack = { dnsName: "dual.example", fipsDnsName: "dual-fips.example" };
  const former = { dnsName: "one.example", fipsDnsName: "one-fips.example" };

  test.each([
    [
      "without the setting, those of before dual-stack",
      false,
      { ...former, publicDnsNames: { ipv4, dualstack } },
      former,
    ],
    ["without the setting, of IPv4 where there are no others", false, { publicDnsNames: { ipv4, dualstack } }, ipv4],
    ["without the setting, dual-stack where there are no others", false, { publicDnsNames: { dualstack } }, dualstack],
    ["with it, dual-stack", true, { ...former, publicDnsNames: { ipv4, dualstack } }, dualstack],
    ["with it, those of before where there is no dual-stack", true, { ...former, publicDnsNames: { ipv4 } }, former],
    ["with it, of IPv4 where there are no others", true, { publicDnsNames: { ipv4 } }, ipv4],
    [
      "with it, the FIPS name of IPv4 where dual-stack has none",
      true,
      { ...former, publicDnsNames: { ipv4, dualstack: { dnsName: "dual.example" } } },
      { dnsName: "dual.example", fipsDnsName: "one-fips.example" },
    ],
  ])("%s", async (_, prefersDualStack, names, expected) => {
    service.respond(endpointsResponse([{ ...one, ...names }]));
    const ec2 = ec2Client({ region: "us-east-1" });
    const [endpoint] = await endpointReader(ec2, () => new Date(0), { prefersDualStack }).describeEndpoints(signal);
    expect(endpoint).toMatchObject(expected);
  });
});
