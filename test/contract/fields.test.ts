import { describe, expect, test } from "@jest/globals";
import type * as z from "zod";
import * as fields from "../../contract/fields.ts";

const tables: readonly [name: string, schema: z.ZodType, refused: readonly unknown[], taken: readonly unknown[]][] = [
  [
    "instanceId",
    fields.instanceId,
    ["", "i-", "i-0a1b2c3", "i-0a1b2c3d4", "i-0A1B2C3D", "i-0123456789abcdefg", "i-0a1b2c3d\n", " i-0a1b2c3d", "*", 1],
    ["i-0a1b2c3d", "i-0123456789abcdef0"],
  ],
  [
    "endpointId",
    fields.endpointId,
    ["", "eice-", "eice-0a1b2c3", "EICE-0a1b2c3d", "i-0a1b2c3d", "eice-0a1b2c3d/*", "eice-*"],
    ["eice-0a1b2c3d", "eice-0123456789abcdef0"],
  ],
  [
    "osUser",
    fields.osUser,
    // The last but one: digits alone would be read as a user's number.
    ["", "-oProxyCommand=x", "a b", "a/b", "a:b", "root\n", "é", "*", "a$b", "a".repeat(33), "1000", null],
    ["root", "ec2-user", "_apt", "ada.lovelace@example.com", "host$", "a", "0a", "a".repeat(32), "1000a"],
  ],
  [
    "ipAddress",
    fields.ipAddress,
    ["", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1/32", "fe80::1%eth0", "[::1]", "::1 ", "localhost", 1],
    ["10.0.0.1", "::1", "2001:DB8:0::1", "::ffff:10.0.0.1"],
  ],
  ["port", fields.port, [0, -1, 65_536, 22.5, "22", Number.NaN, null], [1, 22, 65_535]],
  ["maxTunnelSeconds", fields.maxTunnelSeconds, [0, 3601, 1.5, "900"], [1, 3600]],
  [
    "reason",
    fields.reason,
    [
      "",
      " ",
      "\u200b",
      "a\u202eb",
      "a\u2066b\u2069",
      "a\nb",
      "a\rb",
      "\u0000",
      "\u001b[2J",
      "\u0085",
      "\u2028",
      "\u2029",
      "\ud800",
      "fine  approvals: 2 of 2",
      "fine\u00a0 approvals: 2 of 2",
      "a\u200bb",
      "a\u200db",
      "a\ufe0fb",
      "a\u3164b",
      "a\u0301\u0302\u0303",
      "a".repeat(501),
    ],
    ["INC-42: disk full", "Größe 😀", "äöü 日本 e\u0301", "!", "a".repeat(500)],
  ],
  ["time", fields.time, ["", "2026-01-02", "2026-01-02T03:04:05+01:00", "now"], ["2026-01-02T03:04:05.678Z"]],
];

describe.each(tables)("%s", (_, schema, refused, taken) => {
  test.each(refused.map((value) => [value]))("%j is refused", (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });

  test.each(taken.map((value) => [value]))("%j is taken as it is", (value) => {
    expect(schema.parse(value)).toBe(value);
  });
});
