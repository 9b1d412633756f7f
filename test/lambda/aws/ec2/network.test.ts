import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { ec2Client } from "../../../../lambda/aws/ec2/client.ts";
import { networkDescriber } from "../../../../lambda/aws/ec2/network.ts";
import { ec2Error, ec2Response } from "../../../support/ec2-responses.ts";
import { useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("EC2");
const signal = new AbortController().signal;
const describer = () => networkDescriber(ec2Client({ region: "us-east-1" }));
const asked = () => service.requests.map(({ body }) => new URLSearchParams(body));
const nothing = { vpcId: undefined, subnetIds: [], groupIds: [] };

beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

describe("what fails is left out", () => {
  test("interfaces that may not be described", async () => {
    service.respond(ec2Error("UnauthorizedOperation", 403));
    expect(await describer().describeInterfaces("i-0a1b2c3d", signal)).toEqual({
      value: undefined,
      undescribed: ["DescribeNetworkInterfaces: aws-refused"],
    });
  });

  test("groups that are throttled", async () => {
    service.respond(...Array.from({ length: 3 }, () => ec2Error("RequestLimitExceeded", 503)));
    const { value, undescribed } = await describer().describeNetwork({ ...nothing, groupIds: ["sg-1"] }, signal);
    expect(undescribed).toEqual(["DescribeSecurityGroups: upstream-unavailable"]);
    expect(value).toMatchObject({ groups: undefined, subnets: [], acls: [], routeTables: [] });
  });

  test("a prefix list that may not be read, and not the group that names it", async () => {
    service.respond(
      ec2Response("DescribeSecurityGroups", {
        securityGroupInfo: [
          {
            groupId: "sg-1",
            ipPermissions: [
              { ipProtocol: "tcp", fromPort: "22", toPort: "22", prefixListIds: [{ prefixListId: "pl-1" }] },
            ],
          },
        ],
      }),
      ec2Error("UnauthorizedOperation", 403),
    );
    const { value, undescribed } = await describer().describeNetwork({ ...nothing, groupIds: ["sg-1"] }, signal);
    expect(undescribed).toEqual(["GetManagedPrefixListEntries: aws-refused"]);
    expect(value.groups).toHaveLength(1);
    expect(value.prefixLists).toEqual(new Map());
  });

  test("but a deadline that has ended ends the request", async () => {
    await expect(describer().describeInterfaces("i-0a1b2c3d", AbortSignal.abort())).rejects.toMatchObject({
      code: "deadline-exceeded",
    });
  });
});

test("interfaces are those of the instance, with every address", async () => {
  service.respond(
    ec2Response("DescribeNetworkInterfaces", {
      networkInterfaceSet: [
        {
          subnetId: "subnet-1",
          groupSet: [{ groupId: "sg-1" }, { groupId: "sg-2" }],
          privateIpAddressesSet: [
            { privateIpAddress: "10.0.1.10", association: { publicIp: "203.0.113.10" } },
            { privateIpAddress: "10.0.1.11" },
          ],
          ipv6AddressesSet: [{ ipv6Address: "2001:db8::10" }],
        },
      ],
    }),
  );
  expect((await describer().describeInterfaces("i-0a1b2c3d", signal)).value).toEqual([
    {
      subnetId: "subnet-1",
      groupIds: ["sg-1", "sg-2"],
      addresses: ["10.0.1.10", "203.0.113.10", "10.0.1.11", "2001:db8::10"],
    },
  ]);
  expect(asked()[0]?.get("Filter.1.Name")).toBe("attachment.instance-id");
  expect(asked()[0]?.get("Filter.1.Value.1")).toBe("i-0a1b2c3d");
});

test("without subnets, groups and a VPC nothing is asked: EC2 refuses a filter without values", async () => {
  const { undescribed } = await describer().describeNetwork(nothing, signal);
  expect([undescribed, asked()]).toEqual([[], []]);
});

describe("a prefix list", () => {
  const group = ec2Response("DescribeSecurityGroups", {
    securityGroupInfo: [
      { groupId: "sg-1", ipPermissions: [{ ipProtocol: "-1", prefixListIds: [{ prefixListId: "pl-1" }] }] },
    ],
  });
  const page = (cidr: string, nextToken?: string) =>
    ec2Response("GetManagedPrefixListEntries", { entrySet: [{ cidr }], ...(nextToken && { nextToken }) });
  const read = async () => (await describer().describeNetwork({ ...nothing, groupIds: ["sg-1"] }, signal)).value;

  test("is read page by page", async () => {
    service.respond(group, page("10.0.0.0/16", "2"), page("2001:db8::/56"));
    expect((await read()).prefixLists).toEqual(new Map([["pl-1", ["10.0.0.0/16", "2001:db8::/56"]]]));
  });

  test("is not known if it is longer than what a group may have", async () => {
    service.respond(group, ...Array.from({ length: 10 }, (_, index) => page("10.0.0.0/16", String(index))));
    expect((await read()).prefixLists).toEqual(new Map());
    expect(asked()).toHaveLength(11);
  });
});
