import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { readSettings } from "../../lib/settings.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting } from "../support/template-settings.ts";

describe("refused, the setting named", () => {
  const tag = { key: "latchkey", value: "yes" };
  test.each<[sentence: string, context: unknown, complaint: string]>([
    ["settings that are text, as `-c latchkey=…` gives", '{"fips":true}', "latchkey: Invalid input: expected object"],
    ["settings that are a list", [], "latchkey: Invalid input: expected object, received array"],
    ["a key that is none", { personRole: [] }, 'latchkey: Unrecognized key: "personRole"'],
    [
      "a role that stands alone",
      { personRoles: "111122223333/A" },
      "latchkey.personRoles: Invalid input: expected array",
    ],
    ["a role without its account", { personRoles: ["Engineer"] }, "latchkey.personRoles.0: must be <12-digit account>"],
    ["a role with a short account", { personRoles: ["1/A"] }, "latchkey.personRoles.0: must be <12-digit account>"],
    ["a role as an ARN", { personRoles: ["arn:aws:iam::111122223333:role/A"] }, "latchkey.personRoles.0: must be"],
    ["a role with a path", { personRoles: ["111122223333/path/A"] }, "latchkey.personRoles.0: must be"],
    ["two roles in one", { personRoles: ["111122223333/A,111122223333/B/C"] }, "latchkey.personRoles.0: must be"],
    ["every role of an account", { personRoles: ["111122223333/*"] }, "latchkey.personRoles.0: must be"],
    [
      "a role that is wrong behind one that is right",
      { personRoles: ["111122223333/A", ""] },
      "latchkey.personRoles.1: must",
    ],
    ["an OS user with a space", { defaultOsUser: "ec2 user" }, "latchkey.defaultOsUser: "],
    ["an empty OS user", { defaultOsUser: "" }, "latchkey.defaultOsUser: "],
    ["a zone that there is not", { timeZone: "Mars/Olympus" }, "latchkey.timeZone: must be an IANA time zone"],
    ["an empty zone", { timeZone: "" }, "latchkey.timeZone: must be an IANA time zone"],
    ["tunnels of no time", { maxTunnelSeconds: 0 }, "latchkey.maxTunnelSeconds: Too small"],
    ["tunnels longer than an endpoint's", { maxTunnelSeconds: 3601 }, "latchkey.maxTunnelSeconds: Too big"],
    [
      "tunnels of a part of a second",
      { maxTunnelSeconds: 1.5 },
      "latchkey.maxTunnelSeconds: Invalid input: expected int",
    ],
    ["a number as text", { maxTunnelSeconds: "900" }, "latchkey.maxTunnelSeconds: Invalid input: expected number"],
    ["a tag without a value", { pushTag: { key: "latchkey" } }, "latchkey.pushTag.value: Invalid input"],
    ["a tag without a key", { pushTag: { ...tag, key: "" } }, "latchkey.pushTag.key: Too small"],
    ["a tag with a third thing", { pushTag: { ...tag, or: "no" } }, 'latchkey.pushTag: Unrecognized key: "or"'],
    [
      "a variable of IAM's as a tag's value",
      { pushTag: { ...tag, value: `\${aws:PrincipalTag/x}` } },
      "latchkey.pushTag.value: must be letters",
    ],
    ["a wildcard as a tag's value", { pushTag: { ...tag, value: "*" } }, "latchkey.pushTag.value: must be letters"],
    [
      "a throttle with no burst",
      { callerThrottle: { burst: 0, perSecond: 5 } },
      "latchkey.callerThrottle.burst: Too small",
    ],
    [
      "a throttle that never lets go",
      { callerThrottle: { burst: 1, perSecond: 0 } },
      "latchkey.callerThrottle.perSecond: ",
    ],
    ["a half throttle", { callerThrottle: { burst: 1 } }, "latchkey.callerThrottle.perSecond: Invalid input"],
    [
      "a stage that no request passes",
      { stageThrottle: { burst: 0, perSecond: 20 } },
      "latchkey.stageThrottle.burst: ",
    ],
    ["a stage's throttle of text", { stageThrottle: "20" }, "latchkey.stageThrottle: Invalid input: expected object"],
    ["logs kept for ever", { logRetentionDays: 9999 }, "latchkey.logRetentionDays: Invalid option"],
    ["logs kept for days that CloudWatch does not know", { logRetentionDays: 366 }, "latchkey.logRetentionDays: "],
    ["logs kept for a number as text", { logRetentionDays: "365" }, "latchkey.logRetentionDays: Invalid option"],
    [
      "an owner of the log role",
      { apiGatewayLogRole: "us" },
      "latchkey.apiGatewayLogRole: Invalid input: expected bool",
    ],
    ["a topic by its name", { alarmTopicArn: "alarms" }, "latchkey.alarmTopicArn: must be the ARN of an SNS topic"],
    [
      "a queue for a topic",
      { alarmTopicArn: "arn:aws:sqs:us-east-1:111122223333:alarms" },
      "latchkey.alarmTopicArn: must be the ARN",
    ],
    ["serial consoles of some", { serialConsole: ["i-1"] }, "latchkey.serialConsole: Invalid input: expected boolean"],
    [
      "serial consoles where only FIPS names will do",
      { serialConsole: true, fips: true },
      "latchkey.serialConsole: cannot be on while fips is",
    ],
    ["a truth as text", { fips: "true" }, "latchkey.fips: Invalid input: expected boolean"],
  ])("%s", (_, context, complaint) => {
    expect(() => readSettings(context)).toThrow(`cdk.json's context has settings that are not valid:\n  ${complaint}`);
  });

  test("each wrong one is named, not the first alone", () => {
    expect(() => readSettings({ timeZone: "", fips: 1 })).toThrow(/latchkey\.timeZone: [^\n]+\n {2}latchkey\.fips: /);
  });
});

describe("taken", () => {
  test("none at all: then nobody is a person", () => {
    const defaults = {
      personRoles: [],
      defaultOsUser: "ec2-user",
      timeZone: "UTC",
      maxTunnelSeconds: 3600,
      callerThrottle: { burst: 30, perSecond: 5 },
      serialConsole: false,
      stageThrottle: { burst: 100, perSecond: 20 },
      waitThrottle: { burst: 40, perSecond: 8 },
      logRetentionDays: 365,
      apiGatewayLogRole: true,
      fips: false,
    };
    expect(readSettings(undefined)).toEqual(defaults);
    expect(readSettings({})).toEqual(defaults);
  });

  test("all of them, as they are", () => {
    const settings = {
      ...everySetting,
      personRoles: ["111122223333/AWSReservedSSO_Engineer_0123456789abcdef", "444455556666/a.b+c=d@e-f"],
      defaultOsUser: "ubuntu",
      timeZone: "Asia/Kathmandu",
      maxTunnelSeconds: 1,
      callerThrottle: { burst: 1, perSecond: 0.01 },
      pushTag: { key: "team:ssh", value: "größe 1/2" },
      serialConsole: false,
      fips: true,
    };
    expect(readSettings(settings)).toEqual(settings);
    const withConsole = { ...settings, serialConsole: true, fips: false };
    expect(readSettings(withConsole)).toEqual(withConsole);
  });

  test("every retention that CloudWatch Logs knows, and ends", () => {
    const known = synthesize({}).retentionDays;
    expect(known.length).toBeGreaterThan(20);
    for (const logRetentionDays of known)
      expect(readSettings({ logRetentionDays })).toMatchObject({ logRetentionDays });
  });

  test("those of the repository's own cdk.json", () => {
    const { context } = JSON.parse(readFileSync(new URL("../../cdk.json", import.meta.url), "utf8"));
    expect(readSettings(context.latchkey)).toMatchObject(context.latchkey);
  });
});
