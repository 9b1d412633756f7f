import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { Latchkey } from "../sdk/latchkey.ts";
import { regionOfLoopback, regionOfUrl } from "../sdk/region.ts";
import { fetchTransport } from "../sdk/transport.ts";
import { lineOf, runCheck } from "./check.ts";
import { smokeChecks } from "./checks.ts";
import { bannerThrough, logIn } from "./reach.ts";
import { iamOf } from "./session-policies.ts";

/** `npm run smoke`: what only a deployment can show. See docs/live-checks.md. */

const usage = "Usage: npm run smoke -- --url URL [--instance NAME_OR_ID] [--region REGION] [--profile PROFILE]";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      instance: { type: "string" },
      region: { type: "string" },
      profile: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (values.url === undefined) throw new Error(usage);
  const url = values.url.replace(/\/$/, "");
  const local = regionOfLoopback(url);
  const region = values.region ?? regionOfUrl(url) ?? local;
  if (region === undefined) throw new Error("The URL does not tell the region: add --region REGION");
  const { profile } = values;
  const credentials = defaultProvider(profile === undefined ? {} : { profile });

  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-"));
  try {
    const keyFile = path.join(directory, "key");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", keyFile]);
    const checks = smokeChecks({
      url,
      region,
      api: new Latchkey({ url, region, credentials, userAgent: "latchkey-smoke" }),
      transport: fetchTransport,
      credentials,
      iamUrl: local === undefined ? iamOf(region).url : undefined,
      instance: values.instance,
      publicKey: await readFile(`${keyFile}.pub`, "utf8"),
      logIn: (connection, command) => logIn(connection, keyFile, command),
      bannerThrough,
      clock: () => new Date(),
      pause: (time) => pause(time),
    });
    let failures = 0;
    for (const check of checks) {
      const result = await runCheck(check);
      console.log(lineOf(result));
      if (result.verdict === "failed") failures++;
    }
    return failures === 0 ? 0 : 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
