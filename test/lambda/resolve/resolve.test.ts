import { describe, expect, test } from "@jest/globals";
import { type ConnectionOptions, contradictionIn } from "../../../lambda/resolve/connection-options.ts";
import { isSameIpAddress } from "../../../lambda/resolve/ip-address.ts";
import { connectionOptions, resolve } from "../../../lambda/resolve/resolve.ts";
import type { Endpoint, Instance } from "../../../lambda/shared/instance.ts";

/** In the tables: the instance has all three primary addresses and one more of each kind, its VPC one endpoint. */
const web: Instance = {
  instanceId: "i-0123456789abcdef0",
  accountId: "111122223333",
  region: "us-east-1",
  availabilityZone: "us-east-1a",
  state: "running",
  vpcId: "vpc-1",
  subnetId: "subnet-1",
  tags: {},
  publicIpAddress: "203.0.113.10",
  privateIpAddress: "10.0.1.10",
  ipv6Address: "2001:db8::10",
  publicDnsName: "ec2-203-0-113-10.example",
  privateDnsName: "ip-10-0-1-10.example",
  addresses: [
    { address: "203.0.113.10", kind: "public", dnsName: "ec2-203-0-113-10.example" },
    { address: "10.0.1.10", kind: "private", dnsName: "ip-10-0-1-10.example" },
    { address: "2001:db8::10", kind: "ipv6" },
    { address: "198.51.100.7", kind: "public" },
    { address: "10.0.2.7", kind: "private", dnsName: "ip-10-0-2-7.example" },
    { address: "2001:db8::7", kind: "ipv6" },
  ],
};
const { publicIpAddress: _public, ...database } = web;
const { privateIpAddress: _private, ...ipv6Only } = database;
const { ipv6Address: _ipv6, ...unaddressed } = ipv6Only;
const publicIpv4Only: Instance = { ...unaddressed, publicIpAddress: "203.0.113.10" };
const portTag = (value: string) => ({ tags: { "latchkey:ssh-port": value } });

const endpoint: Endpoint = {
  endpointId: "eice-00000001",
  vpcId: "vpc-1",
  subnetId: "subnet-2",
  state: "create-complete",
  dnsName: "one.example",
  fipsDnsName: "one-fips.example",
  ipAddressType: "dualstack",
};
const { dnsName: _dns, ...nameless } = endpoint;
const { fipsDnsName: _fips, ...withoutFips } = endpoint;

/** A row of a table: what differs from the usual. */
interface Case {
  readonly instance?: Instance;
  readonly endpoints?: readonly Endpoint[];
  readonly options?: Partial<ConnectionOptions>;
  readonly fips?: boolean;
  readonly serialConsole?: boolean;
  readonly pushTag?: { readonly key: string; readonly value: string };
}

function resolveCase({
  instance = web,
  endpoints = [endpoint],
  options,
  fips = false,
  serialConsole = false,
  pushTag,
}: Case) {
  return resolve(instance, endpoints, { connectionType: "auto", ...options }, { fips, serialConsole, pushTag });
}

const direct = { connectionType: "direct" } as const;
const eice = { connectionType: "eice" } as const;
const named = { ...eice, endpointId: "eice-00000001" } as const;

describe("options that contradict each other are an invalid request", () => {
  const rows: readonly [string, ConnectionOptions, string, string][] = [
    [
      "an endpoint for a direct connection",
      { ...direct, endpointId: "eice-00000001" },
      "/endpointId",
      "not-with-direct",
    ],
    ["an empty endpoint id for a direct connection", { ...direct, endpointId: "" }, "/endpointId", "not-with-direct"],
    [
      "an address without a type",
      { connectionType: "auto", ipAddress: "203.0.113.10" },
      "/ipAddress",
      "needs-connection-type",
    ],
    [
      "both an endpoint and a foreign address for a direct connection",
      { ...direct, endpointId: "eice-00000001", ipAddress: "192.0.2.1" },
      "/endpointId",
      "not-with-direct",
    ],
    ["a port other than 22 through an endpoint", { ...eice, port: 2222 }, "/port", "not-with-eice"],
    [
      "a port other than 22 with an endpoint, which makes auto mean eice",
      { ...named, connectionType: "auto", port: 23 },
      "/port",
      "not-with-eice",
    ],
  ];

  test.each(rows)("%s", (_sentence, options, pointer, reasonCode) => {
    const invalid = { code: "invalid-request", pointer, reasonCode, reason: expect.any(String) };
    expect(resolveCase({ options })).toEqual({ unreachable: invalid });
    expect(contradictionIn(options)).toEqual(invalid);
  });

  test.each<[field: "osUser" | "ipAddress" | "endpointId" | "port", ConnectionOptions]>([
    ["osUser", { connectionType: "serial", osUser: "root" }],
    ["osUser", { connectionType: "serial", osUser: `${web.instanceId}.port0` }],
    ["ipAddress", { connectionType: "serial", ipAddress: "203.0.113.10" }],
    ["endpointId", { ...named, connectionType: "serial" }],
    ["port", { connectionType: "serial", port: 22 }],
  ])("no %s goes with a serial console, be it on or off", (field, options) => {
    const invalid = { code: "invalid-request", pointer: `/${field}`, reasonCode: "not-with-serial" };
    expect(contradictionIn(options)).toMatchObject(invalid);
    for (const serialConsole of [false, true]) {
      expect(resolveCase({ options, serialConsole })).toMatchObject({ unreachable: invalid });
    }
  });

  test.each<[string, ConnectionOptions]>([
    ["nothing but auto", { connectionType: "auto" }],
    ["nothing but serial", { connectionType: "serial" }],
    ["an OS user for any other type", { ...direct, osUser: "root" }],
    ["an address with a type", { ...direct, ipAddress: "192.0.2.1" }],
    ["an address and an endpoint, which makes auto mean eice", { ...named, connectionType: "auto", ipAddress: "::1" }],
    ["port 22 through an endpoint", { ...eice, port: 22 }],
    ["another port under auto, which may mean direct", { connectionType: "auto", port: 2222 }],
  ])("not so: %s", (_sentence, options) => {
    expect(contradictionIn(options)).toBeUndefined();
  });
});

describe("an address that is asked for", () => {
  test.each([
    ["is not the instance's", "192.0.2.1"],
    ["is its private address as IPv4-mapped IPv6", "::ffff:10.0.1.10"],
    ["has leading zeros", "010.0.1.10"],
    ["has a zone", "2001:db8::10%eth0"],
    ["is no address", "localhost"],
    ["is empty", ""],
    ["would be a URL of its own", "2001:db8::10]/["],
  ])("refused: it %s", (_sentence, ipAddress) => {
    const refusal = { unreachable: expect.objectContaining({ code: "invalid-request", pointer: "/ipAddress" }) };
    expect(resolveCase({ options: { ...direct, ipAddress } })).toEqual(refusal);
    expect(resolveCase({ options: { ...eice, ipAddress } })).toEqual(refusal);
  });

  test.each<[string, Case, string]>([
    [
      "public IPv4 cannot go through an endpoint",
      { options: { ...eice, ipAddress: "203.0.113.10" } },
      "no-route-to-instance",
    ],
    [
      "public IPv4 cannot go through a named endpoint under auto",
      { options: { ...named, connectionType: "auto", ipAddress: "198.51.100.7" } },
      "no-route-to-instance",
    ],
    [
      "IPv6 does not fall back to the IPv4 that the endpoint could carry",
      { options: { ...eice, ipAddress: "2001:db8::7" }, endpoints: [{ ...endpoint, ipAddressType: "ipv4" }] },
      "endpoint-unavailable",
    ],
    [
      "private IPv4 does not fall back to the IPv6 that the endpoint could carry",
      { options: { ...eice, ipAddress: "10.0.2.7" }, endpoints: [{ ...endpoint, ipAddressType: "ipv6" }] },
      "endpoint-unavailable",
    ],
  ])("refused: %s", (_sentence, given, code) => {
    expect(resolveCase(given)).toMatchObject({ unreachable: { code } });
  });

  test.each<[string, Case, string, string]>([
    ["public IPv4, direct", { options: { ...direct, ipAddress: "203.0.113.10" } }, "direct", "203.0.113.10"],
    ["second public IPv4, direct", { options: { ...direct, ipAddress: "198.51.100.7" } }, "direct", "198.51.100.7"],
    [
      "private IPv4, direct, before the public one",
      { options: { ...direct, ipAddress: "10.0.1.10" } },
      "direct",
      "10.0.1.10",
    ],
    ["IPv6, direct", { options: { ...direct, ipAddress: "2001:db8::7" } }, "direct", "2001:db8::7"],
    ["IPv6 in capitals", { options: { ...direct, ipAddress: "2001:DB8::10" } }, "direct", "2001:db8::10"],
    ["IPv6 in full", { options: { ...direct, ipAddress: "2001:0db8:0:0:0:0:0:0010" } }, "direct", "2001:db8::10"],
    [
      "IPv6 that the instance itself spells in full",
      {
        options: { ...direct, ipAddress: "2001:db8::10" },
        instance: { ...web, addresses: [{ address: "2001:DB8:0:0:0:0:0:10", kind: "ipv6" }] },
      },
      "direct",
      "2001:DB8:0:0:0:0:0:10",
    ],
    ["second private IPv4, through an endpoint", { options: { ...eice, ipAddress: "10.0.2.7" } }, "eice", "10.0.2.7"],
    [
      "IPv6 through an endpoint, before private IPv4",
      { options: { ...eice, ipAddress: "2001:db8::10" } },
      "eice",
      "2001:db8::10",
    ],
    [
      "private IPv4 through a named endpoint under auto",
      { options: { ...named, connectionType: "auto", ipAddress: "10.0.2.7" } },
      "eice",
      "10.0.2.7",
    ],
  ])("used as it is: %s", (_sentence, given, connectionType, host) => {
    expect(resolveCase(given)).toMatchObject({ route: { connectionType, host } });
  });

  test("IPv4-mapped IPv6 equals its other spelling, and what is no address equals itself", () => {
    expect(isSameIpAddress("::ffff:10.0.1.10", "::FFFF:a00:10a")).toBe(true);
    expect(isSameIpAddress("no address", "no address")).toBe(true);
  });
});

describe("an endpoint", () => {
  const usableStates = ["create-complete", "update-in-progress", "update-failed", "update-complete"];
  const unusableStates = [
    "create-in-progress",
    "create-failed",
    "delete-in-progress",
    "delete-complete",
    "delete-failed",
  ];
  const { vpcId: _vpc, ...withoutVpc } = web;

  test.each<[string, Case, RegExp]>([
    ["the VPC has none", { options: eice, endpoints: [] }, /VPC has no Instance Connect Endpoint\./],
    ["it is in another VPC", { options: eice, endpoints: [{ ...endpoint, vpcId: "vpc-2" }] }, /VPC has no/],
    ["the instance is in no VPC", { options: eice, instance: withoutVpc }, /VPC has no/],
    ["the named one does not exist", { options: { ...eice, endpointId: "eice-00000009" } }, /the requested id/],
    ["the named one is in another VPC", { options: named, endpoints: [{ ...endpoint, vpcId: "vpc-2" }] }, /VPC has no/],
    [
      "the named one is not usable, though another is",
      {
        options: named,
        endpoints: [
          { ...endpoint, state: "create-failed" },
          { ...endpoint, endpointId: "eice-00000002" },
        ],
      },
      /usable state/,
    ],
    [
      "the named one does not support the address, though another does",
      {
        options: { ...named, ipAddress: "2001:db8::10" },
        endpoints: [
          { ...endpoint, ipAddressType: "ipv4" },
          { ...endpoint, endpointId: "eice-00000002" },
        ],
      },
      /supports IPv6/,
    ],
    [
      "it does not support IPv4",
      { options: { ...eice, ipAddress: "10.0.1.10" }, endpoints: [{ ...endpoint, ipAddressType: "ipv6" }] },
      /supports IPv4/,
    ],
    ["it has no name", { options: eice, endpoints: [nameless] }, /DNS name/],
    ["its name is empty", { options: eice, endpoints: [{ ...endpoint, dnsName: "" }] }, /DNS name/],
    ["under FIPS the only one has no FIPS name", { options: eice, endpoints: [withoutFips], fips: true }, /FIPS name/],
    [
      "under FIPS its FIPS name is empty",
      { options: eice, endpoints: [{ ...endpoint, fipsDnsName: "" }], fips: true },
      /FIPS name/,
    ],
    [
      "under FIPS the named one has no FIPS name, though another has",
      { options: named, endpoints: [withoutFips, { ...endpoint, endpointId: "eice-00000002" }], fips: true },
      /FIPS name/,
    ],
    ...unusableStates.map((state): [string, Case, RegExp] => [
      `it is in state ${state}`,
      { options: eice, endpoints: [{ ...endpoint, state }] },
      /usable state/,
    ]),
  ])("refused: %s", (_sentence, given, reason) => {
    expect(resolveCase(given)).toEqual({
      unreachable: { code: "endpoint-unavailable", reason: expect.stringMatching(reason) },
    });
  });

  const near = { ...endpoint, endpointId: "eice-00000002", subnetId: "subnet-1", dnsName: "near.example" };
  test.each<[string, Case, string]>([
    ["the only one of the VPC", {}, "one.example"],
    ["the first of the VPC", { endpoints: [endpoint, { ...near, subnetId: "subnet-3" }] }, "one.example"],
    [
      "the first of the VPC, after one elsewhere",
      { endpoints: [{ ...near, vpcId: "vpc-2" }, endpoint] },
      "one.example",
    ],
    ["the one in the instance's subnet, though not first", { endpoints: [endpoint, near] }, "near.example"],
    [
      "another than the subnet's, which is not usable",
      { endpoints: [{ ...near, state: "delete-in-progress" }, endpoint] },
      "one.example",
    ],
    [
      "another than the subnet's, which cannot carry IPv4",
      { endpoints: [{ ...near, ipAddressType: "ipv6" }, endpoint] },
      "one.example",
    ],
    ["the named one, though another is in the subnet", { options: named, endpoints: [near, endpoint] }, "one.example"],
    [
      "the named one, which makes auto mean eice",
      { options: { endpointId: "eice-00000001" }, instance: web },
      "one.example",
    ],
    ["by its FIPS name under FIPS", { fips: true }, "one-fips.example"],
    [
      "another than the subnet's, which has no FIPS name",
      { fips: true, endpoints: [{ ...withoutFips, endpointId: "eice-00000003", subnetId: "subnet-1" }, endpoint] },
      "one-fips.example",
    ],
    ["by its own name without FIPS, needing no FIPS name", { endpoints: [withoutFips] }, "one.example"],
    ...usableStates.map((state): [string, Case, string] => [
      `one in state ${state}`,
      { endpoints: [{ ...endpoint, state }] },
      "one.example",
    ]),
  ])("chosen: %s", (_sentence, given, dnsName) => {
    expect(resolveCase({ options: eice, instance: database, ...given })).toMatchObject({
      route: { connectionType: "eice", host: "10.0.1.10", endpoint: { dnsName } },
    });
  });
});

describe("the port", () => {
  test.each(["", "0", "65536", "99999", "123456", "-22", "22.0", "1e3", "0x16", "022", " 22", "22 ", "ssh", "２２"])(
    "refused for direct, with a reason that names the tag: the tag %j",
    (tag) => {
      expect(resolveCase({ options: direct, instance: { ...web, ...portTag(tag) } })).toEqual({
        unreachable: { code: "no-route-to-instance", reason: expect.stringContaining("latchkey:ssh-port") },
      });
    },
  );

  test.each<[string, Case, string, number]>([
    ["22 by default", { options: direct }, "direct", 22],
    ["the tag's", { options: direct, instance: { ...web, ...portTag("2222") } }, "direct", 2222],
    ["the tag's, at the lower bound", { options: direct, instance: { ...web, ...portTag("1") } }, "direct", 1],
    ["the tag's, at the upper bound", { options: direct, instance: { ...web, ...portTag("65535") } }, "direct", 65_535],
    ["the options's", { options: { ...direct, port: 2200 } }, "direct", 2200],
    [
      "the options's before the tag's",
      { options: { ...direct, port: 2200 }, instance: { ...web, ...portTag("2222") } },
      "direct",
      2200,
    ],
    [
      "the options's, though the tag is no port",
      { options: { ...direct, port: 2200 }, instance: { ...web, ...portTag("x") } },
      "direct",
      2200,
    ],
    ["the tag's under auto", { instance: { ...web, ...portTag("2222") } }, "direct", 2222],
    ["the options's for IPv6 under auto", { options: { port: 2200 }, instance: ipv6Only }, "direct", 2200],
    ["22 through an endpoint", { options: eice }, "eice", 22],
    [
      "22 through an endpoint, if the tag says so",
      { options: eice, instance: { ...web, ...portTag("22") } },
      "eice",
      22,
    ],
    [
      "22 through an endpoint, if the options say so, though the tag has another",
      { options: { ...eice, port: 22 }, instance: { ...web, ...portTag("2222") } },
      "eice",
      22,
    ],
    [
      "22 through an endpoint, though the tag is no port",
      { options: eice, instance: { ...web, ...portTag("x") } },
      "eice",
      22,
    ],
    [
      "22 through an endpoint under auto, where the tag is no port",
      { instance: { ...web, ...portTag("x") } },
      "eice",
      22,
    ],
  ])("%s", (_sentence, given, connectionType, port) => {
    expect(resolveCase(given)).toMatchObject({ route: { connectionType, port } });
  });
});

describe("an endpoint cannot be used for a port other than 22", () => {
  const tagged = (instance: Instance) => ({ ...instance, ...portTag("2222") });
  test.each<[string, Case, RegExp]>([
    ["of the tag, with eice", { options: eice, instance: tagged(web) }, /reaches port 22 only.*latchkey:ssh-port/],
    ["of the tag, with a named endpoint", { options: named, instance: tagged(web) }, /latchkey:ssh-port/],
    ["of the tag, for IPv6", { options: eice, instance: tagged(ipv6Only) }, /latchkey:ssh-port/],
    [
      "of the tag, under auto, if only the private address is left",
      { instance: tagged({ ...unaddressed, privateIpAddress: "10.0.1.10" }) },
      /latchkey:ssh-port/,
    ],
    [
      "of the options, under auto, if only the private address is left",
      { instance: { ...unaddressed, privateIpAddress: "10.0.1.10" }, options: { port: 2222 } },
      /^An Instance Connect Endpoint reaches port 22 only\.$/,
    ],
  ])("%s", (_sentence, given, reason) => {
    expect(resolveCase(given)).toEqual({
      unreachable: { code: "no-route-to-instance", reason: expect.stringMatching(reason) },
    });
  });

  test.each<[string, Case]>([
    ["of the tag", { instance: tagged(database) }],
    ["of the options", { instance: database, options: { port: 2222 } }],
  ])("%s: auto goes on to the IPv6 address", (_sentence, given) => {
    expect(resolveCase(given)).toMatchObject({ route: { ...direct, host: "2001:db8::10", port: 2222 } });
  });
});

describe("auto gives up with the first obstacle as its reason", () => {
  test.each<[string, Case, RegExp]>([
    ["no primary address", { instance: unaddressed }, /no primary IP address/],
    [
      "a private address and no endpoint",
      { instance: { ...unaddressed, privateIpAddress: "10.0.1.10" }, endpoints: [] },
      /VPC has no/,
    ],
    ["IPv6 only, and a tag that is no port", { instance: { ...ipv6Only, ...portTag("x") } }, /latchkey:ssh-port/],
    [
      "a public address, a tag that is no port, and no endpoint",
      { instance: { ...publicIpv4Only, privateIpAddress: "10.0.1.10", ...portTag("x") }, endpoints: [] },
      /latchkey:ssh-port/,
    ],
    [
      "a private address, no endpoint, and IPv6 with a tag that is no port",
      { instance: { ...database, ...portTag("x") }, endpoints: [] },
      /VPC has no/,
    ],
  ])("%s", (_sentence, given, reason) => {
    expect(resolveCase(given)).toEqual({
      unreachable: { code: "no-route-to-instance", reason: expect.stringMatching(reason) },
    });
  });
});

describe("the DNS name beside the host", () => {
  const unnamed: Instance = { ...web, addresses: web.addresses.map(({ dnsName: _, ...each }) => each) };
  test.each<[string, Case, string | undefined]>([
    ["none if AWS gives none", { options: direct, instance: unnamed }, undefined],
    ["none for IPv6", { options: direct, instance: ipv6Only }, undefined],
    ["none for a second public address", { options: { ...direct, ipAddress: "198.51.100.7" } }, undefined],
    ["that of a second private address", { options: { ...eice, ipAddress: "10.0.2.7" } }, "ip-10-0-2-7.example"],
    ["the public one for the public address", { options: direct }, "ec2-203-0-113-10.example"],
    [
      "the private one for the private address",
      { options: { ...direct, ipAddress: "10.0.1.10" } },
      "ip-10-0-1-10.example",
    ],
    ["the private one through an endpoint", { options: eice }, "ip-10-0-1-10.example"],
  ])("%s", (_sentence, given, dnsName) => {
    const { route } = resolveCase(given) as { route: { dnsName?: string } };
    expect(route.dnsName).toBe(dnsName);
  });
});

test.each(["pending", "stopping", "stopped", "terminated"])("the instance's state is not looked at: %s", (state) => {
  expect(resolveCase({ instance: { ...web, state } })).toEqual(resolveCase({}));
});

describe("the serial console", () => {
  const serial = { connectionType: "serial" } as const;
  const on: Case = { options: serial, serialConsole: true };

  test.each<[string, Case, RegExp]>([
    ["the setting is off", { options: serial }, /setting serialConsole is off/],
    ["the region has none", { ...on, instance: { ...web, region: "us-iso-east-1" } }, /no serial console for/],
    [
      "the region is the name of a method",
      { ...on, instance: { ...web, region: "toString" } },
      /no serial console for/,
    ],
  ])("no route: %s", (_, given, reason) => {
    expect(resolveCase(given)).toEqual({
      unreachable: { code: "no-route-to-instance", reason: expect.stringMatching(reason) },
    });
  });

  test.each<[string, Partial<ConnectionOptions>]>([
    ["auto, though nothing else is left", {}],
    ["direct", direct],
    ["eice", eice],
  ])("no other type leads to it: %s", (_, options) => {
    const resolution = resolveCase({ instance: unaddressed, endpoints: [], options, serialConsole: true });
    expect(resolution).toHaveProperty("unreachable");
  });

  const route = {
    connectionType: "serial",
    host: "serial-console.ec2-instance-connect.us-east-1.aws",
    port: 22,
    hostKeyFingerprint: "SHA256:dXwn5ma/xadVMeBZGEru5l2gx+yI5LDiJaLUcz0FMmw",
  };
  test.each<[string, Case]>([
    ["of an instance with every address", {}],
    ["of one without any, in a VPC without an endpoint", { instance: unaddressed, endpoints: [] }],
    ["even with an invalid port tag", { instance: { ...web, ...portTag("x") } }],
  ])("is the region's: %s", (_, given) => {
    expect(resolveCase({ ...on, ...given })).toEqual({ route });
  });
});

describe("the push tag of the settings", () => {
  const pushTag = { key: "team", value: "web" };
  const tagged = (tags: Instance["tags"]): Case => ({ pushTag, instance: { ...web, tags } });
  const types = ["auto", "direct", "eice", "serial"] as const;
  test.each<[string, Case]>([
    ["no tag", tagged({})],
    ["another key", tagged({ Team: "web" })],
    ["another value", tagged({ team: "Web" })],
    ["a value that only begins so", tagged({ team: "web-2" })],
    ["no tag of a name that every object has", { ...tagged({}), pushTag: { key: "constructor", value: "web" } }],
  ])("leaves no route of any type to an instance with %s", (_, given) => {
    for (const connectionType of types) {
      const unreachable = { code: "not-covered-by-push-tag", reason: expect.stringContaining("setting pushTag") };
      expect(resolveCase({ ...given, options: { connectionType }, serialConsole: true })).toEqual({ unreachable });
    }
  });

  test("comes after options that fit no instance, or not this one", () => {
    const invalid = { unreachable: expect.objectContaining({ code: "invalid-request" }) };
    expect(resolveCase({ pushTag, options: { ...direct, endpointId: "eice-00000001" } })).toEqual(invalid);
    expect(resolveCase({ pushTag, options: { ...direct, ipAddress: "192.0.2.1" } })).toEqual(invalid);
  });

  test.each(types)("changes nothing for an instance that has it: %s", (connectionType) => {
    const given = { ...tagged({ team: "web", env: "dev" }), options: { connectionType }, serialConsole: true };
    const { pushTag: _tag, ...untagged } = given;
    expect(resolveCase(given)).toEqual(resolveCase(untagged));
    expect(resolveCase(given)).toHaveProperty("route");
  });
});

describe("connection options", () => {
  const options = (given: Case) =>
    connectionOptions(given.instance ?? web, given.endpoints ?? [endpoint], {
      fips: given.fips ?? false,
      serialConsole: true,
      pushTag: given.pushTag,
    });
  const reason = expect.any(String);
  test.each<[string, Case, unknown[]]>([
    [
      "neither, without an address",
      { instance: unaddressed },
      [
        { ...direct, usable: false, reason },
        { ...eice, usable: false, reason },
      ],
    ],
    [
      "neither, without the push tag",
      { pushTag: { key: "team", value: "web" } },
      [
        { ...direct, usable: false, reason: expect.stringContaining("setting pushTag") },
        { ...eice, usable: false, reason: expect.stringContaining("setting pushTag") },
      ],
    ],
    [
      "no direct one where the tag is no port",
      { instance: { ...web, ...portTag("x") } },
      [
        { ...direct, usable: false, reason: expect.stringContaining("latchkey:ssh-port") },
        { ...eice, host: "10.0.1.10", port: 22, endpointId: "eice-00000001", usable: true },
      ],
    ],
    [
      "no tunnel if the tag has a port other than 22",
      { instance: { ...web, ...portTag("2222") } },
      [
        { ...direct, host: "203.0.113.10", port: 2222, usable: true },
        { ...eice, usable: false, reason: expect.stringContaining("latchkey:ssh-port") },
      ],
    ],
    [
      "no tunnel without an endpoint",
      { endpoints: [] },
      [
        { ...direct, host: "203.0.113.10", port: 22, usable: true },
        { ...eice, usable: false, reason: "The instance's VPC has no Instance Connect Endpoint." },
      ],
    ],
    [
      "both, the direct one first",
      {},
      [
        { ...direct, host: "203.0.113.10", port: 22, usable: true },
        { ...eice, host: "10.0.1.10", port: 22, endpointId: "eice-00000001", usable: true },
      ],
    ],
  ])("%s", (_sentence, given, expected) => {
    expect(options(given)).toEqual(expected);
  });
});
