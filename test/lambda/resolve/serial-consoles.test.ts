import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import * as z from "zod";
import * as fields from "../../../contract/fields.ts";
import { serialConsoleOf, serialConsolePort, serialUserOf } from "../../../lambda/resolve/serial-consoles.ts";

/** What AWS publishes, as it was read from its user guide. */
const published = z
  .object({
    user: z.string(),
    port: z.number(),
    regions: z.record(z.string(), z.object({ host: z.string(), fingerprint: z.string() })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../fixtures/serial-console.json", import.meta.url), "utf8")));

test.each(["", "us-iso-east-1", "US-EAST-1", "toString", "__proto__"])("the region '%s' has none", (region) => {
  expect(serialConsoleOf(region)).toBeUndefined();
});

test.each(Object.entries(published.regions))(
  "%s has the host and the fingerprint that AWS publishes",
  (region, console) => {
    expect(serialConsoleOf(region)).toEqual(console);
    expect(fields.host.parse(console.host)).toBe(console.host);
    // SHA-256 in base64, without padding.
    expect(fields.fingerprint.parse(console.fingerprint)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  },
);

test("no two regions share a host or a key", () => {
  const consoles = Object.values(published.regions);
  expect(new Set(consoles.map(({ host }) => host)).size).toBe(consoles.length);
  expect(new Set(consoles.map(({ fingerprint }) => fingerprint)).size).toBe(consoles.length);
});

test("the port is the one that AWS publishes", () => {
  expect(serialConsolePort).toBe(published.port);
});

test.each(["i-0123456789abcdef0", "i-0a1b2c3d"])(
  "the user of %s is the one that AWS publishes, and an OS user to us",
  (id) => {
    expect(serialUserOf(id)).toBe(published.user.replace("<instance-id>", id));
    expect(fields.osUser.parse(serialUserOf(id))).toBe(serialUserOf(id));
  },
);
