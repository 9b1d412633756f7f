import { parseArgs } from "node:util";
import { readFleet } from "./fleet/fleet.ts";
import { startLocalStack } from "./local-stack.ts";

/** `npm start`: the local stack until a signal ends it. The functions' log goes to standard error, the bus's events to standard output. */

const usage =
  "Usage: npm start [-- [--fleet FILE] [--serial-console]]   (PORT sets the gateway's port: 8080 by default, 0 for any free one)";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      fleet: { type: "string" },
      "serial-console": { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  const port = Number(process.env["PORT"] ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error("PORT is not a port number");
  const fleet = values.fleet === undefined ? undefined : readFleet(values.fleet);

  // Only after the line with the URL, which must be the first.
  const early: string[] = [];
  let say = (line: string): void => {
    early.push(line);
  };
  const stack = await startLocalStack({
    port,
    fleet,
    serialConsole: values["serial-console"],
    onLogLine: (line) => process.stderr.write(`${line}\n`),
    onBusEvent: ({ bus, "detail-type": type, detail }) => say(JSON.stringify({ bus, "detail-type": type, detail })),
  });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    stack.stop().then(() => process.exit(0), fail);
  };
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
  console.log(`Latchkey listens on ${stack.url}`);
  say = console.log;
  for (const line of early) say(line);
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

main().catch(fail);
