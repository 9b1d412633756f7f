import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { bundleNames } from "../../contract/routes.ts";
import { functionSettings, readFunctionSettings } from "../../lambda/shared/function-settings.ts";
import { settingsFile } from "../../lambda/shared/settings-file.ts";
import { bundleOf, requireFunctionSettings, writeFunctionSettings } from "../../lib/function-bundles.ts";
import { readSettings } from "../../lib/settings.ts";
import { everySetting } from "../support/template-settings.ts";

const settings = readSettings(everySetting);
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "latchkey-"));
  for (const name of bundleNames) mkdirSync(bundleOf(directory, name));
});
afterEach(() => rmSync(directory, { recursive: true }));

const read = <Name extends keyof typeof functionSettings>(name: Name) =>
  readFunctionSettings<Name>(name, bundleOf(directory, name));

test("connect reads what the settings say", () => {
  writeFunctionSettings(directory, settings);
  const { stageThrottle, waitThrottle, concurrencyQuota, reservedConcurrency, ...others } = settings;
  const { otherAccounts, logRetentionDays, apiGatewayLogRole, alarmTopicArn, fips, ...more } = others;
  const { console, slack, webhooks, doors, encryption, rolePath, permissionsBoundary, targets, ...expected } = more;
  const { hub, organization, stackSets, ...served } = { ...targets };
  expect(read("connect")).toEqual({ ...expected, targets: { ...served, rolePath } });
});

test.each([
  ["sync", ["scopeTags", "targets"]],
  ["service", ["callerThrottle", "groups", "identities"]],
  ["webhooks", ["webhooks"]],
  ["wait", ["callerThrottle", "groups", "identities", "targets"]],
  [
    "access",
    ["callerQuotas", "callerThrottle", "groups", "identities", "integrations", "scopeTags", "targets", "timeZone"],
  ],
] as const)("%s reads its own settings and no others", (name, names) => {
  writeFunctionSettings(directory, settings);
  expect(Object.keys(read(name)).sort()).toEqual(names);
});

test.each(["projector", "sweep"] as const)("the worker %s has no settings", (name) => {
  writeFunctionSettings(directory, settings);
  expect(readdirSync(bundleOf(directory, name))).toEqual([]);
});

test("a role with a comma in its name is still one role", () => {
  const people = [{ role: "111122223333/Deploy,Prod" }];
  writeFunctionSettings(directory, readSettings({ identities: { iam: { people } } }));
  expect(read("service").identities.iam.people).toEqual(people);
});

test("fifty roles with the longest names fit", () => {
  const people = Array.from({ length: 50 }, (_, i) => ({ role: `111122223333/${String(i).padStart(64, "R")}` }));
  writeFunctionSettings(directory, readSettings({ identities: { iam: { people } } }));
  expect(read("connect").identities.iam.people).toEqual(people);
});

test.each(Object.keys(functionSettings) as (keyof typeof functionSettings)[])(
  "%s does not start if one of its settings is missing or unknown",
  (name) => {
    const write = (content: object) =>
      writeFileSync(path.join(bundleOf(directory, name), settingsFile), JSON.stringify(content));
    writeFunctionSettings(directory, settings);
    const whole: object = read(name);
    for (const missing of Object.keys(whole).filter((each) => !["pushTag", "targets"].includes(each))) {
      write({ ...whole, [missing]: undefined });
      expect(() => read(name)).toThrow(missing);
    }
    write({ ...whole, personRoles: [] });
    expect(() => read(name)).toThrow("personRoles");
  },
);

test("a bundle that was built with other settings is refused", () => {
  writeFunctionSettings(directory, settings);
  expect(() => requireFunctionSettings(directory, "connect", settings)).not.toThrow();
  const changed = { ...settings, timeZone: "UTC" };
  expect(() => requireFunctionSettings(directory, "connect", changed)).toThrow("the bundle of connect in");
  expect(() => requireFunctionSettings(directory, "service", changed)).not.toThrow();
});

test("a bundle without settings is refused, unless the function reads none", () => {
  expect(() => requireFunctionSettings(directory, "service", settings)).toThrow("was built with other settings");
  expect(() => requireFunctionSettings(directory, "sweep", settings)).not.toThrow();
});
