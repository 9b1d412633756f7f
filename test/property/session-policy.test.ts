import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import * as fields from "../../contract/fields.ts";
import { pushSession, serialPushSession, tunnelSession } from "../../lambda/connect/session-policy.ts";
import { testProperty } from "../support/property.ts";

const runs = { small: 100, large: 10_000 };
const maxCharacters = 2048; // STS's own limit on a session policy

const letters = "abcdefghijklmnopqrstuvwxyz";
const hexDigits = "0123456789abcdef";
const textOf = (characters: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });

const place = fc.record({
  partition: fc.constantFrom("aws", "aws-cn", "aws-us-gov", "aws-iso-b"),
  region: textOf(`${letters}-0123456789`, 1, 32),
  accountId: textOf("0123456789", 12),
});
const id = (prefix: string) => fc.oneof(textOf(hexDigits, 8), textOf(hexDigits, 17)).map((rest) => `${prefix}${rest}`);
const osUser = textOf(`${letters}AZ09@._-$`, 1, 32).filter((text) => fields.osUser.safeParse(text).success);
/** More than the schema takes, since the policy must not rest on it alone. */
const anyOsUser = fc.oneof(osUser, textOf('"\\{}[],:*?\n\0é$', 0, 32), fc.string({ unit: "binary", maxLength: 32 }));
const until = fc.date({ min: new Date("2026-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });

/** The one statement of a policy, which must be JSON, and the text of a policy that STS takes. */
function statementOf(policy: string): Record<string, unknown> & { Condition: Record<string, unknown> } {
  expect(policy.length).toBeLessThanOrEqual(maxCharacters);
  const { Statement, ...rest } = JSON.parse(policy);
  expect(rest).toEqual({ Version: "2012-10-17" });
  expect(Statement).toHaveLength(1);
  return Statement[0];
}

describe("session policies", () => {
  testProperty(
    "a push is for this instance and this OS user alone",
    runs,
    fc.property(place, id("i-"), anyOsUser, until, (where, instanceId, user, end) => {
      const { Resource, Condition, ...rest } = statementOf(pushSession(where, instanceId, user, end));
      expect(rest).toEqual({ Effect: "Allow", Action: "ec2-instance-connect:SendSSHPublicKey" });
      expect(Resource).toBe(`arn:${where.partition}:ec2:${where.region}:${where.accountId}:instance/${instanceId}`);
      expect(Condition["StringEquals"]).toEqual({ "ec2:osuser": user });
      expect(Condition["DateLessThan"]).toEqual({ "aws:CurrentTime": end.toISOString() });
    }),
  );

  testProperty(
    "a push to a serial console is for this instance alone",
    runs,
    fc.property(place, id("i-"), until, (where, instanceId, end) => {
      const { Resource, Condition, ...rest } = statementOf(serialPushSession(where, instanceId, end));
      expect(rest).toEqual({ Effect: "Allow", Action: "ec2-instance-connect:SendSerialConsoleSSHPublicKey" });
      expect(Resource).toBe(`arn:${where.partition}:ec2:${where.region}:${where.accountId}:instance/${instanceId}`);
      expect(Condition).toEqual({ DateLessThan: { "aws:CurrentTime": end.toISOString() } });
    }),
  );

  testProperty(
    "an OS user that is valid has nothing which IAM reads as a pattern or a variable",
    runs,
    fc.property(place, id("i-"), osUser, until, (where, instanceId, user, end) => {
      expect(pushSession(where, instanceId, user, end)).not.toMatch(/[*?]|\$\{/);
    }),
  );

  testProperty(
    "a tunnel is to this address and port alone, through this endpoint",
    runs,
    fc.property(
      place,
      fc.record({
        endpointId: id("eice-"),
        address: fc.oneof(fc.ipV4(), fc.ipV6()),
        port: fc.integer({ min: 1, max: 65_535 }),
        maxDuration: fc.integer({ min: 1, max: 3600 }),
      }),
      until,
      (where, target, end) => {
        const { Resource, Condition } = statementOf(tunnelSession(where, target, end));
        expect(Resource).toContain(`:instance-connect-endpoint/${target.endpointId}`);
        expect(Condition["IpAddress"]).toEqual({
          "ec2-instance-connect:privateIpAddress": `${target.address}/${target.address.includes(":") ? 128 : 32}`,
        });
        expect(Condition["NumericEquals"]).toEqual({
          "ec2-instance-connect:remotePort": target.port,
          "ec2-instance-connect:maxTunnelDuration": target.maxDuration,
        });
      },
    ),
  );
});
