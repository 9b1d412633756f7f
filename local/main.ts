import { mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { targetKey } from "../lambda/shared/target.ts";
import { announcement } from "./banner.ts";
import { readFleets } from "./fleet/read-fleets.ts";
import { startLocalStack } from "./local-stack.ts";
import { ownTarget, withCorsOrigin } from "./shared/account.ts";
import type { LocalStack } from "./stack-types.ts";

/** `npm start`: the local stack until a signal ends it. What functions log and what the bus accepts goes to a file. */

const usage = `Usage: npm start [-- [--fleet FILE] [--fleet ACCOUNT/REGION=FILE]... [--serial-console] [--no-terminal | --cors-origin ORIGIN]]
PORT sets the gateway's port: 8080 by default, 0 for any free one.
--no-terminal: the browser console has no terminals. --cors-origin: pages of ORIGIN may call the API in its place.
Files of --fleet replace all of the sample: FILE is the fleet of ${targetKey(ownTarget)}, ACCOUNT/REGION=FILE that of any target.`;

async function main(): Promise<void> {
  // Nobody could learn where it listens.
  process.stdout.on("error", fail);
  const { values } = parseArgs({
    options: {
      fleet: { type: "string", multiple: true },
      "serial-console": { type: "boolean", default: false },
      "no-terminal": { type: "boolean", default: false },
      "cors-origin": { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  const port = Number(process.env["PORT"] ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error("PORT is not a port number");
  const corsOrigin = values["cors-origin"];
  const fleets = values.fleet && readFleets(values.fleet);

  console.error("Latchkey is starting: it builds its functions, which takes up to half a minute.");
  const { log, write } = openLog();
  let stack: LocalStack | undefined;
  let stopping = false;
  const stop = () => {
    if (stack === undefined) process.exit(0);
    if (stopping) return;
    stopping = true;
    stack.stop().then(() => process.exit(0), fail);
  };
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
  stack = await startLocalStack({
    port,
    fleets,
    openIdProvider: true,
    slack: true,
    console: corsOrigin === undefined ? { terminal: !values["no-terminal"] } : undefined,
    serialConsole: values["serial-console"],
    changeSettings: (settings) => (corsOrigin === undefined ? settings : withCorsOrigin(settings, corsOrigin)),
    onLogLine: write,
    onBusEvent: ({ bus, "detail-type": type, detail }) => write(JSON.stringify({ bus, "detail-type": type, detail })),
  });
  const { url: iam, oidcUrl: oidc, issuer, consoleUrl, slackUrl, slack } = stack;
  const urls = { iam, oidc, issuer, console: consoleUrl, slack: slackUrl, slackApi: slack?.url };
  console.log(announcement({ ...urls, log }, process.stdout.isTTY));
}

/** A file of this process, which goes when it ends. */
function openLog() {
  const directory = mkdtempSync(path.join(os.tmpdir(), "latchkey-log-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  const log = path.join(directory, "local-stack.log");
  const file = openSync(log, "a");
  return { log, write: (line: string) => void writeSync(file, `${line}\n`) };
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

main().catch(fail);
