import { expect, test } from "@jest/globals";
import { ec2Client } from "../../../../lambda/aws/ec2/client.ts";
import { instanceReader } from "../../../../lambda/aws/ec2/instances.ts";
import { type Element, instancesResponse } from "../../../support/ec2-responses.ts";
import { useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("EC2");
const { describeInstance } = instanceReader(ec2Client({ region: "us-east-1" }), "us-east-1");
const instanceId = "i-0123456789abcdef0";

/** What Latchkey reads of an instance that EC2 describes so. */
async function read(described: Record<string, Element>) {
  service.respond(instancesResponse([{ instanceId, ...described }]));
  return describeInstance(instanceId, new AbortController().signal);
}

/** What is read if EC2 returns nothing but the id. */
const bare = {
  instanceId,
  accountId: "111122223333",
  region: "us-east-1",
  availabilityZone: "",
  state: "unknown",
  tags: {},
  addresses: [],
};

test.each<[sentence: string, described: Record<string, Element>, read: object]>([
  ["only an id", {}, {}],
  ["empty names and addresses", { dnsName: "", privateDnsName: "", ipAddress: "", vpcId: "", subnetId: "" }, {}],
  ["a platform, in lower case", { platform: "Windows" }, { platform: "windows" }],
  ["empty lists", { tagSet: [], networkInterfaceSet: [] }, {}],
  ["a state that is new to us", { instanceState: { code: "99", name: "dreaming" } }, { state: "dreaming" }],
  [
    "state, place and names",
    {
      instanceState: { code: "16", name: "running" },
      placement: { availabilityZone: "us-east-1a" },
      vpcId: "vpc-1",
      subnetId: "subnet-1",
      dnsName: "ec2-203-0-113-10.example",
      privateDnsName: "ip-10-0-1-10.example",
    },
    {
      state: "running",
      availabilityZone: "us-east-1a",
      vpcId: "vpc-1",
      subnetId: "subnet-1",
      publicDnsName: "ec2-203-0-113-10.example",
      privateDnsName: "ip-10-0-1-10.example",
    },
  ],
  [
    "tags as they are: empty, odd, of any script",
    {
      tagSet: [
        { key: "Name", value: "web & <db>" },
        { key: "empty", value: "" },
        { key: "größe", value: "🔑" },
        { key: "__proto__", value: "a tag like any other" },
      ],
    },
    {
      tags: Object.fromEntries([
        ["Name", "web & <db>"],
        ["empty", ""],
        ["größe", "🔑"],
        ["__proto__", "a tag like any other"],
      ]),
    },
  ],
  [
    "an IPv6 address on an interface alone",
    { networkInterfaceSet: [{ ipv6AddressesSet: [{ ipv6Address: "2001:db8::10" }] }] },
    { ipv6Address: "2001:db8::10", addresses: [{ address: "2001:db8::10", kind: "ipv6" }] },
  ],
  [
    "two interfaces with addresses of every kind, the primary ones among them",
    {
      ipAddress: "203.0.113.10",
      dnsName: "ec2-203-0-113-10.example",
      privateIpAddress: "10.0.1.10",
      privateDnsName: "ip-10-0-1-10.example",
      ipv6Address: "2001:db8::10",
      networkInterfaceSet: [
        {
          privateIpAddressesSet: [
            {
              privateIpAddress: "10.0.1.10",
              privateDnsName: "ip-10-0-1-10.example",
              primary: "true",
              association: { publicIp: "203.0.113.10", publicDnsName: "ec2-203-0-113-10.example" },
            },
            { privateIpAddress: "10.0.1.11", privateDnsName: "ip-10-0-1-11.example", primary: "false" },
          ],
          ipv6AddressesSet: [{ ipv6Address: "2001:db8::10" }],
        },
        {
          privateIpAddressesSet: [
            {
              privateIpAddress: "10.0.2.7",
              privateDnsName: "",
              association: { publicIp: "198.51.100.7", publicDnsName: "ec2-198-51-100-7.example" },
            },
          ],
          ipv6AddressesSet: [{ ipv6Address: "2001:db8::7" }, { ipv6Address: "2001:db8::8" }],
        },
      ],
    },
    {
      publicIpAddress: "203.0.113.10",
      privateIpAddress: "10.0.1.10",
      ipv6Address: "2001:db8::10",
      publicDnsName: "ec2-203-0-113-10.example",
      privateDnsName: "ip-10-0-1-10.example",
      addresses: [
        { address: "203.0.113.10", kind: "public", dnsName: "ec2-203-0-113-10.example" },
        { address: "10.0.1.10", kind: "private", dnsName: "ip-10-0-1-10.example" },
        { address: "2001:db8::10", kind: "ipv6" },
        { address: "10.0.1.11", kind: "private", dnsName: "ip-10-0-1-11.example" },
        { address: "10.0.2.7", kind: "private" },
        { address: "198.51.100.7", kind: "public", dnsName: "ec2-198-51-100-7.example" },
        { address: "2001:db8::7", kind: "ipv6" },
        { address: "2001:db8::8", kind: "ipv6" },
      ],
    },
  ],
])("of an instance with %s", async (_, described, expected) => {
  expect(await read(described)).toStrictEqual({ ...bare, ...expected });
});
