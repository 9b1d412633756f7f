import { describe, expect, test } from "@jest/globals";
import type { ConnectionOptions } from "../../../lambda/resolve/connection-options.ts";
import { resolve } from "../../../lambda/resolve/resolve.ts";
import type { Endpoint, Instance } from "../../../lambda/shared/instance.ts";

/*
 * The resolution of `aws ec2-instance-connect ssh`, every case of it. P is the instance's private IPv4 address, U its
 * public IPv4 address, V its IPv6 address; `eice P` means: to P, through an Instance Connect Endpoint.
 */
const letters = { U: "203.0.113.10", P: "10.0.1.10", V: "2001:db8::10" } as const;

type Letter = keyof typeof letters;
type Network = "no endpoint" | Endpoint["ipAddressType"];
/** [the instance's addresses, the endpoint of its VPC, the result] */
type Row = readonly [string, Network, string];

function instanceWith(addresses: string): Instance {
  const { U, P, V } = letters;
  const [hasU, hasP, hasV] = ["U", "P", "V"].map((letter) => addresses.includes(letter));
  return {
    instanceId: "i-0123456789abcdef0",
    accountId: "111122223333",
    region: "us-east-1",
    availabilityZone: "us-east-1a",
    state: "running",
    vpcId: "vpc-1",
    subnetId: "subnet-1",
    tags: {},
    ...(hasU && { publicIpAddress: U }),
    ...(hasP && { privateIpAddress: P }),
    ...(hasV && { ipv6Address: V }),
    addresses: [
      ...(hasU ? [{ address: U, kind: "public" } as const] : []),
      ...(hasP ? [{ address: P, kind: "private" } as const] : []),
      ...(hasV ? [{ address: V, kind: "ipv6" } as const] : []),
    ],
  };
}

function endpointsOf(network: Network): Endpoint[] {
  if (network === "no endpoint") return [];
  const ids = { endpointId: "eice-0123456789abcdef0", vpcId: "vpc-1", subnetId: "subnet-2" };
  return [{ ...ids, state: "create-complete", dnsName: "eice.example", ipAddressType: network }];
}

/** `direct U`, or the code of the refusal. */
function result([addresses, network]: Row, options: ConnectionOptions): string {
  const resolution = resolve(instanceWith(addresses), endpointsOf(network), options, {
    fips: false,
    serialConsole: false,
  });
  if ("unreachable" in resolution) return resolution.unreachable.code;
  const { connectionType, host } = resolution.route;
  return `${connectionType} ${(Object.keys(letters) as Letter[]).find((letter) => letters[letter] === host)}`;
}

describe("auto: U direct, else P by endpoint, else V direct", () => {
  test.each<Row>([
    ["-", "no endpoint", "no-route-to-instance"],
    ["-", "dualstack", "no-route-to-instance"],
    ["P", "no endpoint", "no-route-to-instance"],
    ["P", "ipv6", "no-route-to-instance"],
    ["P", "ipv4", "eice P"],
    ["P", "dualstack", "eice P"],
    ["U", "no endpoint", "direct U"],
    ["U", "ipv4", "direct U"],
    ["V", "no endpoint", "direct V"],
    ["V", "ipv4", "direct V"],
    ["V", "dualstack", "direct V"],
    ["U P", "no endpoint", "direct U"],
    ["U P", "ipv4", "direct U"],
    ["U V", "no endpoint", "direct U"],
    ["U V", "dualstack", "direct U"],
    ["P V", "ipv4", "eice P"],
    ["P V", "dualstack", "eice P"],
    ["P V", "no endpoint", "direct V"], // the user guide; the CLI stops with an error
    ["P V", "ipv6", "direct V"], // the CLI does not look at the endpoint's address type
    ["U P V", "no endpoint", "direct U"],
    ["U P V", "dualstack", "direct U"],
  ])("%s with %s: %s", (...row) => {
    expect(result(row, { connectionType: "auto" })).toBe(row[2]);
  });
});

describe("direct: U, else V, else P, with any endpoint or none", () => {
  test.each<Row>([
    ["-", "no endpoint", "no-route-to-instance"],
    ["-", "ipv4", "no-route-to-instance"],
    ["P", "no endpoint", "direct P"],
    ["P", "ipv4", "direct P"],
    ["U", "no endpoint", "direct U"],
    ["V", "no endpoint", "direct V"],
    ["U P", "ipv4", "direct U"],
    ["U V", "dualstack", "direct U"],
    ["P V", "no endpoint", "direct V"],
    ["P V", "dualstack", "direct V"],
    ["U P V", "dualstack", "direct U"],
  ])("%s with %s: %s", (...row) => {
    expect(result(row, { connectionType: "direct" })).toBe(row[2]);
  });
});

describe("eice: P, else V, always through an endpoint that supports it", () => {
  const rows: readonly Row[] = [
    ["-", "no endpoint", "no-route-to-instance"],
    ["-", "dualstack", "no-route-to-instance"],
    ["U", "no endpoint", "no-route-to-instance"],
    ["U", "dualstack", "no-route-to-instance"],
    ["P", "no endpoint", "endpoint-unavailable"],
    ["P", "ipv6", "endpoint-unavailable"],
    ["V", "no endpoint", "endpoint-unavailable"],
    ["V", "ipv4", "endpoint-unavailable"],
    ["U P V", "no endpoint", "endpoint-unavailable"],
    ["P", "ipv4", "eice P"],
    ["P", "dualstack", "eice P"],
    ["V", "ipv6", "eice V"],
    ["V", "dualstack", "eice V"],
    ["U P", "ipv4", "eice P"],
    ["U V", "dualstack", "eice V"],
    ["P V", "ipv4", "eice P"],
    ["P V", "dualstack", "eice P"],
    ["P V", "ipv6", "eice V"],
    ["U P V", "ipv4", "eice P"],
  ];

  test.each(rows)("%s with %s: %s", (...row) => {
    expect(result(row, { connectionType: "eice" })).toBe(row[2]);
  });

  test.each(rows)("%s with %s, auto but the endpoint named: %s", (...row) => {
    expect(result(row, { connectionType: "auto", endpointId: "eice-0123456789abcdef0" })).toBe(row[2]);
  });
});
