import fc from "fast-check";
import type { ConnectionOptions } from "../../lambda/resolve/connection-options.ts";
import type { Endpoint, Instance } from "../../lambda/shared/instance.ts";
import { unreachable } from "../support/samples.ts";

/** Of an endpoint that can be used. */
export const usableStates = ["create-complete", "update-in-progress", "update-failed", "update-complete"];

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const defined = <T extends object>(record: T) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

const kinds = {
  public: fc.constantFrom("203.0.113.10", "198.51.100.7"),
  private: fc.constantFrom("10.0.1.10", "10.0.2.7"),
  ipv6: fc.constantFrom("2001:db8::10", "2001:DB8:0::7"),
};
const vpc = fc.constantFrom("vpc-1", "vpc-2");
const subnet = fc.constantFrom("subnet-1", "subnet-2");

/** Instances with any of the addresses, names and port tags that there may be. */
export const anyInstance: fc.Arbitrary<Instance> = fc
  .record({
    vpcId: maybe(vpc),
    subnetId: maybe(subnet),
    publicIpAddress: maybe(kinds.public),
    privateIpAddress: maybe(kinds.private),
    ipv6Address: maybe(kinds.ipv6),
    publicDnsName: maybe(fc.constantFrom("", "public.example")),
    privateDnsName: maybe(fc.constantFrom("", "private.example")),
    port: maybe(fc.oneof(fc.integer({ min: -1, max: 70_000 }).map(String), fc.string())),
    more: fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant("public" as const), address: kinds.public }),
        fc.record({ kind: fc.constant("private" as const), address: kinds.private }),
        fc.record({ kind: fc.constant("ipv6" as const), address: kinds.ipv6 }),
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ port, more, ...rest }) => {
    const primary = [
      { kind: "public", address: rest.publicIpAddress },
      { kind: "private", address: rest.privateIpAddress },
      { kind: "ipv6", address: rest.ipv6Address },
    ].filter(({ address }) => address !== undefined);
    const { vpcId: _vpc, subnetId: _subnet, ...bare } = unreachable;
    const tags = port === undefined ? {} : { "latchkey:ssh-port": port };
    return frozen({ ...bare, ...defined(rest), tags, addresses: [...primary, ...more] } as Instance);
  });

/** Endpoints in any state, with and without names. */
export const anyEndpoints: fc.Arbitrary<Endpoint[]> = fc
  .array(
    fc.record({
      vpcId: vpc,
      subnetId: subnet,
      state: fc.constantFrom(...usableStates, "create-failed", "delete-in-progress"),
      dnsName: maybe(fc.constantFrom("", "plain.example")),
      fipsDnsName: maybe(fc.constantFrom("", "fips.example")),
      ipAddressType: fc.constantFrom("ipv4", "dualstack", "ipv6"),
    }),
    { maxLength: 4 },
  )
  .map((all) =>
    frozen(all.map((rest, index) => ({ endpointId: `eice-0000000${index}`, ...defined(rest) }) as Endpoint)),
  );

/** Connection options, for these instances and endpoints or for others. */
export const anyOptions: fc.Arbitrary<ConnectionOptions> = fc
  .record(
    {
      connectionType: fc.constantFrom("auto", "direct", "eice", "serial"),
      osUser: fc.string(),
      ipAddress: fc.oneof(kinds.public, kinds.private, kinds.ipv6, fc.ipV4(), fc.ipV6(), fc.string()),
      endpointId: fc.oneof(fc.constantFrom("eice-00000000", "eice-00000001"), fc.string()),
      port: fc.integer({ min: 1, max: 65_535 }),
    },
    { requiredKeys: ["connectionType"] },
  )
  .map(frozen);

/** Any change to it throws. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
