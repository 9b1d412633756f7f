import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type BundleName, bundleNames, consoleName } from "../contract/routes.ts";
import { functionSettings } from "../lambda/shared/function-settings.ts";
import { type ServedTargets, sharedSettings } from "../lambda/shared/settings.ts";
import { settingsFile, siteDirectory } from "../lambda/shared/settings-file.ts";
import type { Settings } from "./settings.ts";

/** The directory of a function's bundle: its Lambda asset. */
export function bundleOf(directory: string, name: BundleName): string {
  return path.join(directory, name);
}

/** The files of the browser console, within the bundle of the function that serves them. */
export function siteOf(directory: string): string {
  return path.join(bundleOf(directory, consoleName), siteDirectory);
}

/** Writes into each function's bundle, as JSON, the settings that the function reads. */
export function writeFunctionSettings(directory: string, settings: Settings): void {
  for (const name of bundleNames) {
    const text = settingsText(name, settings);
    if (text !== undefined) writeFileSync(path.join(bundleOf(directory, name), settingsFile), text);
  }
}

/** @throws Error if a function's bundle was built with other settings than these. */
export function requireFunctionSettings(directory: string, name: BundleName, settings: Settings): void {
  const file = path.join(bundleOf(directory, name), settingsFile);
  const found = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (found !== settingsText(name, settings)) {
    throw new Error(`the bundle of ${name} in ${directory} was built with other settings: build it again`);
  }
}

/** Undefined for workers that read none. */
function settingsText(name: BundleName, settings: Settings): string | undefined {
  const { [name]: names = [] }: Partial<Record<BundleName, readonly string[]>> = functionSettings;
  const read = Object.entries({ ...settings, targets: servedTargets(settings) }).filter(([setting]) =>
    names.includes(setting),
  );
  // The functions take their values unchecked.
  return read.length === 0 ? undefined : JSON.stringify(sharedSettings.partial().parse(Object.fromEntries(read)));
}

/** Of the targets: what serving them takes. */
function servedTargets({ targets, rolePath }: Settings): ServedTargets | undefined {
  if (!targets) return undefined;
  const { externalId, accounts, organizationalUnits } = targets;
  return { externalId, rolePath, accounts, organizationalUnits };
}
