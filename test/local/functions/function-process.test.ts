import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "@jest/globals";
import { type Lifeline, makeLifeline } from "../../support/lifeline.ts";

let directory: string;
let lifeline: Lifeline;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  lifeline = await makeLifeline(directory);
});
afterEach(async () => {
  lifeline.cut();
  await rm(directory, { recursive: true });
});

test("a function does not outlive the local stack, even if that is killed outright", async () => {
  const bundle = `
    const { openSync, writeSync } = require("node:fs");
    writeSync(openSync(${JSON.stringify(lifeline.path)}, "w"), "up");
    setInterval(() => {}, 1000); // as connections keep a function's process busy
    module.exports = { handler: async () => {} };`;
  await writeFile(path.join(directory, "index.cjs"), bundle);
  const module = path.resolve(import.meta.dirname, "../../../local/functions/function-process.ts");
  const options = JSON.stringify({ directory, environment: {}, timeout: 1000 });
  const program = `
    const { startFunction } = await import(${JSON.stringify(module)});
    await startFunction({ ...${options}, onLogLine: console.error });
    console.log("started");`;
  const stack = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(stack.stdout, "data");
  stack.kill("SIGKILL");
  await lifeline.gone;
});
