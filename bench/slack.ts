import { createHmac, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import https from "node:https";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { bundleOf } from "../lib/function-bundles.ts";
import { settings } from "../local/shared/account.ts";
import type { RunningParts } from "../local/shared/running-parts.ts";
import { authorityVariable } from "./authority.ts";
import { buildFunctions, buildScripts } from "./bundles.ts";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { makeCpuQuota } from "./cpu-quota.ts";
import { startProbe } from "./probe-process.ts";
import { table, timesTable, written } from "./report.ts";
import { run } from "./run.ts";
import { sampleByTurns } from "./samples.ts";
import { quantile, summarize } from "./statistics.ts";
import { writeResults } from "./write-results.ts";

/** `npm run bench:slack`: the Slack app's door, against an empty function and Slack's three seconds. Takes root, for a share of the CPU. */

/** Cold starts by turns with an empty function, and those with the CPU that Lambda gives 1,024 MiB, half of them of each kind. */
const [pairs, starts] = [20, 200];
const share = 0.58;

/** Milliseconds that a service takes to respond: assumed. */
const latency = { secrets: 30, table: 10, queue: 20, slack: 200 };

const signingSecret = "bench-signing-secret";
const secret = JSON.stringify({ signingSecrets: [signingSecret], botToken: "xoxb-bench", clientSecret: "bench" });

const kinds = { "a command": "ssh web-1 as root for 1h because INC-42", "the form": "" } as const;

async function main(parts: RunningParts): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-bench-"));
  parts.keep({ stop: () => rm(directory, { recursive: true, force: true }) });
  const certificate = await makeCertificate(directory);
  const slack = {
    ...{ appId: "A0LOCAL", clientId: "1.1", workspaces: ["T0LOCAL"], channels: [] },
    signIn: { issuer: "local", clientId: "latchkey-link", scope: "openid" },
  };
  await buildFunctions(directory, { ...settings, slack });
  const scripts = await buildScripts(directory);
  const environment = await environmentOf(certificate, parts);
  const target = { bundle: path.join(bundleOf(directory, "slack"), "index.cjs"), environment };
  const targets = {
    empty: { ...target, bundle: scripts.empty, event: () => commandEvent(kinds["a command"]) },
    slack: { ...target, event: () => commandEvent(kinds["a command"]) },
  };
  const samples = await sampleByTurns(scripts.probe, targets, pairs);
  const texts = [timesTable(samples, "slack", "empty")];

  const quota = parts.keep(await makeCpuQuota());
  await quota.set(share);
  const times: Record<keyof typeof kinds, number[]> = { "a command": [], "the form": [] };
  for (let count = 0; count <= starts; count++) {
    const [kind, text] = Object.entries(kinds)[count % 2] ?? ["", ""];
    const probe = startProbe(scripts.probe, target.bundle, environment, quota.program);
    const { respondedAt } = await probe.ask(commandEvent(text));
    await probe.stop();
    // The first one warms the file cache.
    if (count > 0) times[kind as keyof typeof kinds].push(respondedAt - probe.startedAt);
  }
  const rows = Object.entries({ ...times, both: Object.values(times).flat() }).map(([kind, of]) => {
    const sorted = of.toSorted((a, b) => a - b);
    return [kind, written(summarize(of), "ms"), ...[0.99, 1].map((at) => `${quantile(sorted, at).toFixed(0)} ms`)];
  });
  texts.push(table([["", "first response", "99 % within", "all within"], ...rows]));
  console.log(texts.join("\n\n"));
  if (parseArgs({ options: { write: { type: "boolean", default: false } } }).values.write)
    await writeResults("bench.md", { "### The Slack app": texts });
}

/** A server for each service, over TLS, so that the function shakes hands with each. */
async function environmentOf(certificate: Certificate, parts: RunningParts): Promise<Record<string, string>> {
  const serve = async (wait: number, body: string) => {
    const server = https.createServer(certificate, async (request, response) => {
      request.resume();
      await delay(wait);
      response.end(body);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    parts.keep({
      async stop() {
        server.closeAllConnections();
        await new Promise((resolve) => void server.close(resolve));
      },
    });
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  return {
    [authorityVariable]: certificate.authority,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    STACK_NAME: "Latchkey",
    TABLE_NAME: "latchkey",
    SLACK_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:111122223333:secret:Latchkey-slack",
    CHAT_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/111122223333/latchkey-chat",
    SLACK_API_URL: await serve(latency.slack, '{"ok":true}'),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: await serve(latency.secrets, JSON.stringify({ SecretString: secret })),
    AWS_ENDPOINT_URL_DYNAMODB: await serve(latency.table, "{}"),
    AWS_ENDPOINT_URL_SQS: await serve(latency.queue, "{}"),
  };
}

/** What API Gateway passes on of a slash command that Slack has signed. */
function commandEvent(text: string): object {
  const body = new URLSearchParams({
    ...{ command: "/latchkey", text, api_app_id: "A0LOCAL", team_id: "T0LOCAL", user_id: "U0ALICE" },
    ...{ channel_id: "C0ONCALL", trigger_id: randomUUID(), response_url: "https://hooks.slack.com/commands/T/1/a" },
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", signingSecret).update(`v0:${timestamp}:${body}`).digest("hex");
  const headers = { "X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": `v0=${signature}` };
  return { body, headers, isBase64Encoded: false, requestContext: { requestId: randomUUID() } };
}

await run((parts) => main(parts));
