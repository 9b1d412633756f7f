import { writeFileSync } from "node:fs";
import path from "node:path";
import { slackManifest } from "../lib/slack-manifest.ts";

/**
 * Writes the manifest of the Slack app. Without an argument: with a URL that leads nowhere, into docs/. With the output `SlackUrl` of
 * the stack: to standard output.
 */
const [given] = process.argv.slice(2);
const text = `${JSON.stringify(slackManifest(given?.replace(/\/(?:slack)?$/, "") ?? "https://latchkey.example.com"), null, 2)}\n`;
if (given === undefined) writeFileSync(path.resolve(import.meta.dirname, "../docs/slack-manifest.json"), text);
else process.stdout.write(text);
