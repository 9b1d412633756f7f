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

/** Bytes. With certificates beside each key, a set has some ten thousand. */
const longestSet = 256 * 1024;

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > longestSet) throw new Error("The issuer's response is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Authenticates callers at the OIDC front door. */
export const handler = authorizer(settings, {
  async fetchJson(url) {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(longestFetch) });
    if (!response.ok) throw new Error("The issuer did not respond with its keys");
    return JSON.parse(await readText(response));
  },
  clock: Date.now,
  log: (line) => console.log(JSON.stringify(line)),
});
