import { readFileSync } from "node:fs";
import path from "node:path";
import { authorizer } from "../callers/authorizer.ts";
import { authorizerLog } from "../callers/authorizer-log.ts";
import { fetchJson } from "../callers/fetch-json.ts";
import type { IdentitySettings } from "../shared/settings.ts";
import { settingsFile } from "../shared/settings-file.ts";

// Zod would make up most of the bundle: the build has checked these settings with it.
const directory = process.env["LAMBDA_TASK_ROOT"] ?? "";
const settings: IdentitySettings = JSON.parse(readFileSync(path.join(directory, settingsFile), "utf8"));

/** Authenticates callers at the OIDC front door. */
export const handler = authorizer(settings, {
  fetchJson,
  clock: Date.now,
  log: authorizerLog(process.env["STACK_NAME"] ?? "latchkey", Date.now),
});
