import { describe, expect, test } from "@jest/globals";
import { consoleOfStack } from "../../lib/console-connections.ts";
import { readSettings } from "../../lib/settings.ts";
import { everySetting, withCloudFront } from "../support/template-settings.ts";

const place = { region: "us-east-1", urlSuffix: "amazonaws.com" };
const base = { identities: withCloudFront.identities, console: { clientId: "latchkey-console" } };

function consoleOf(given: object, at = place) {
  const settings = readSettings({ ...base, ...given });
  if (!settings.console) throw new Error("There is to be a console");
  return consoleOfStack(at, settings, settings.console);
}

describe("the console may open tunnels to the Instance Connect Endpoints", () => {
  const { targets } = everySetting;
  const service = "ec2-instance-connect-endpoint";

  test.each<[sentence: string, settings: object, tunnels: readonly string[]]>([
    ["of the stack's own region", {}, [`wss://*.${service}.us-east-1.amazonaws.com`]],
    [
      "of each target's regions, once",
      { targets },
      [`wss://*.${service}.us-east-1.amazonaws.com`, `wss://*.${service}.eu-west-1.amazonaws.com`],
    ],
    ["by their FIPS names alone", { fips: true }, [`wss://*.fips.${service}.us-east-1.amazonaws.com`]],
    [
      "by their dual-stack names too",
      { dualStackTunnels: true },
      [`wss://*.${service}.us-east-1.amazonaws.com`, `wss://*.${service}.us-east-1.api.aws`],
    ],
    ["but to none without terminals", { targets, console: { ...base.console, terminal: false } }, []],
  ])("%s", (_, settings, tunnels) => {
    expect(consoleOf(settings).connections.tunnels).toEqual(tunnels);
  });

  test("of China, under its own domain", () => {
    const { tunnels } = consoleOf({}, { region: "cn-north-1", urlSuffix: "amazonaws.com.cn" }).connections;
    expect(tunnels).toEqual([`wss://*.${service}.cn-north-1.amazonaws.com.cn`]);
  });
});

test("it may call the provider at the issuer's origin and those of the settings", () => {
  const providerOrigins = ["https://auth.example.com"];
  const { connections } = consoleOf({ console: { ...base.console, providerOrigins } });
  expect(connections.urls).toEqual(["https://login.example.com", "https://auth.example.com"]);
});

test("its provider is the issuer that the settings name, or the one with people", () => {
  const [corp] = everySetting.identities.oidc ?? [];
  const other = {
    ...corp,
    name: "other",
    issuer: "https://b.example",
    people: { id: "sub", idPattern: "*@b.example" },
  };
  const machines = [{ name: "robots", id: ["sub"] }];
  const robots = { ...corp, name: "robots", issuer: "https://robots.example", people: undefined, machines };
  const issuerOf = (oidc: unknown[], issuer?: string) =>
    consoleOf({ identities: { iam: { people: [] }, oidc }, console: { ...base.console, issuer } }).config.issuer;
  expect(issuerOf([corp, other], "other")).toBe("https://b.example");
  expect(issuerOf([robots, other])).toBe("https://b.example");
});
