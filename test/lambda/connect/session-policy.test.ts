import { describe, expect, test } from "@jest/globals";
import { pushSession, serialPushSession, tunnelSession } from "../../../lambda/connect/session-policy.ts";

const target = { partition: "aws", region: "us-east-1", accountId: "111122223333" };
const until = new Date("2026-01-02T03:04:05.678Z");
const destination = { endpointId: "eice-0123456789abcdef0", address: "10.0.1.10", port: 22, maxDuration: 900 };

/** Characters, by STS's own limit on a session policy. */
const limit = 2048;

test("a session that pushes may do so for one instance and one OS user, until its end", () => {
  expect(JSON.parse(pushSession(target, "i-0123456789abcdef0", "ec2-user", until))).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "ec2-instance-connect:SendSSHPublicKey",
        Resource: "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0",
        Condition: {
          StringEquals: { "ec2:osuser": "ec2-user" },
          DateLessThan: { "aws:CurrentTime": "2026-01-02T03:04:05.678Z" },
        },
      },
    ],
  });
});

test("a session that pushes to a serial console may do so for one instance, until its end", () => {
  expect(JSON.parse(serialPushSession(target, "i-0123456789abcdef0", until))).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
        Resource: "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0",
        Condition: { DateLessThan: { "aws:CurrentTime": "2026-01-02T03:04:05.678Z" } },
      },
    ],
  });
});

test("a session that tunnels may do so through one endpoint, to one address and port, for one duration, until its end", () => {
  expect(JSON.parse(tunnelSession(target, destination, until))).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "ec2-instance-connect:OpenTunnel",
        Resource: "arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/eice-0123456789abcdef0",
        Condition: {
          NumericEquals: {
            "ec2-instance-connect:remotePort": 22,
            "ec2-instance-connect:maxTunnelDuration": 900,
          },
          IpAddress: { "ec2-instance-connect:privateIpAddress": "10.0.1.10/32" },
          DateLessThan: { "aws:CurrentTime": "2026-01-02T03:04:05.678Z" },
        },
      },
    ],
  });
});

test.each([
  ["IPv4", "10.0.1.10", "10.0.1.10/32"],
  ["IPv6", "2001:db8::10", "2001:db8::10/128"],
])("an %s address is no range", (_, address, range) => {
  const { Statement } = JSON.parse(tunnelSession(target, { ...destination, address }, until));
  expect(Statement[0].Condition.IpAddress).toEqual({ "ec2-instance-connect:privateIpAddress": range });
});

describe("STS takes the longest", () => {
  const farAway = { partition: "aws-us-gov", region: "ap-southeast-99-local", accountId: "111122223333" };

  test("OS user", () => {
    const osUser = "a".repeat(32);
    expect(pushSession(farAway, "i-0123456789abcdef0", osUser, until).length).toBeLessThanOrEqual(limit);
  });

  test("address, port and duration", () => {
    const longest = {
      ...destination,
      address: "2001:0db8:0000:0000:0000:0000:0000:0010",
      port: 65_535,
      maxDuration: 3600,
    };
    expect(tunnelSession(farAway, longest, until).length).toBeLessThanOrEqual(limit);
  });
});
