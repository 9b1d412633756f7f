import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { isSameIpAddress } from "../../lambda/resolve/ip-address.ts";
import { connectionOptions, resolve } from "../../lambda/resolve/resolve.ts";
import { serialConsoleOf } from "../../lambda/resolve/serial-consoles.ts";
import { testProperty } from "../support/property.ts";
import { anyEndpoints, anyInstance, anyOptions, usableStates } from "./any-instance.ts";

const anySettings = fc.record({ fips: fc.boolean(), serialConsole: fc.boolean() });
/** A port number other than 22, in plain decimal digits. */
const isOtherPort = (tag = "22") => /^[1-9][0-9]*$/.test(tag) && Number(tag) <= 65_535 && tag !== "22";
const runs = { small: 1000, large: 20_000 };

describe("for any instance, endpoints and options", () => {
  testProperty(
    "a route leads to the instance itself, through a usable endpoint and port 22 if it is a tunnel, and to the serial console only on request",
    runs,
    fc.property(anyInstance, anyEndpoints, anyOptions, anySettings, (instance, endpoints, options, settings) => {
      const { fips, serialConsole } = settings;
      const resolution = resolve(instance, endpoints, options, settings);
      if ("unreachable" in resolution) {
        expect(resolution.unreachable.reason).toMatch(/^[A-Z][^.]+\.$/);
        return;
      }
      const { connectionType, host, port, endpoint: used } = resolution.route;
      if (options.connectionType === "serial" || connectionType === "serial") {
        expect([options.connectionType, connectionType, serialConsole]).toEqual(["serial", "serial", true]);
        expect([host, port, used]).toEqual([serialConsoleOf(instance.region)?.host, 22, undefined]);
        return;
      }
      const own = instance.addresses.find(({ address }) => address === host);
      expect(own).toBeDefined();
      if (options.connectionType !== "auto") expect(connectionType).toBe(options.connectionType);
      if (options.ipAddress !== undefined) expect(isSameIpAddress(host, options.ipAddress)).toBe(true);
      if (connectionType === "direct") {
        expect(used).toBeUndefined();
        expect(port).toBe(options.port ?? Number(instance.tags["latchkey:ssh-port"] ?? 22));
        return;
      }
      expect(port).toBe(22);
      expect([undefined, 22]).toContain(options.port);
      if (options.port === undefined) expect(isOtherPort(instance.tags["latchkey:ssh-port"])).toBe(false);
      expect(own?.kind).not.toBe("public");
      const listed = endpoints.find(({ endpointId }) => endpointId === used.endpointId);
      expect(listed).toMatchObject({ vpcId: instance.vpcId, [fips ? "fipsDnsName" : "dnsName"]: used.dnsName });
      expect(usableStates).toContain(listed?.state);
      expect(["dualstack", own?.kind === "ipv6" ? "ipv6" : "ipv4"]).toContain(listed?.ipAddressType);
      if (options.endpointId !== undefined) expect(used.endpointId).toBe(options.endpointId);
    }),
  );

  testProperty(
    "an unreachable instance gives the same reason for any unknown address or endpoint",
    runs,
    fc.property(anyInstance, anyEndpoints, fc.string(), fc.string(), (instance, endpoints, one, other) => {
      for (const field of ["ipAddress", "endpointId"]) {
        const [first, second] = [one, other].map((input) =>
          resolve(
            instance,
            endpoints,
            { connectionType: "eice", [field]: `?${input}` },
            { fips: false, serialConsole: true },
          ),
        );
        expect(first).toEqual(second);
      }
    }),
  );

  testProperty(
    "a connection option is the route that a request for its type gets",
    runs,
    fc.property(anyInstance, anyEndpoints, fc.boolean(), (instance, endpoints, fips) => {
      const options = connectionOptions(instance, endpoints, { fips, serialConsole: true });
      expect(options.map(({ connectionType }) => connectionType)).toEqual(["direct", "eice"]);
      for (const { connectionType, usable, reason, ...route } of options) {
        const resolution = resolve(instance, endpoints, { connectionType }, { fips, serialConsole: true });
        if ("unreachable" in resolution) {
          expect({ usable, reason, ...route }).toEqual({ usable: false, reason: resolution.unreachable.reason });
        } else {
          const { host, port, endpoint: used } = resolution.route;
          expect({ usable, reason, ...route }).toEqual({ usable: true, host, port, endpointId: used?.endpointId });
        }
      }
    }),
  );
});
