import { readFileSync } from "node:fs";
import path from "node:path";
import { authorizer } from "../callers/authorizer.ts";
import type { IdentitySettings } from "../shared/settings.ts";
import { settingsFile } from "../shared/settings-file.ts";

/** Milliseconds. API Gateway's own limit leaves time for the function behind. */
const longestFetch = 3000;

// Zod would make up most of the bundle: the build has checked these settings with it.
const directory = process.env["LAMBDA_TASK_ROOT"] ?? "";
const settings: IdentitySettings = JSON.parse(readFileSync(path.join(directory, settingsFile), "utf8"));

/** Authenticates callers at the OIDC front door. */
export const handler = authorizer(settings, {
  async fetchJson(url) {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(longestFetch) });
    if (!response.ok) throw new Error("The issuer did not respond with its keys");
    return response.json();
  },
  clock: Date.now,
  log: (line) => console.log(JSON.stringify(line)),
});
