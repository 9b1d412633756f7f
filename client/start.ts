import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { Script } from "node:vm";
import { BytecodeCache, commandFile } from "./bytecode-cache.ts";

/** What `bin` names: runs the command, whose code is beside this file, from the bytecode of an earlier run if there is one. */

const filename = path.join(__dirname, commandFile);
const { env: environment, platform, argv } = process;
// Each command has bytecode of its own: V8 compiles a function when it is first called.
const cache = BytecodeCache.of(
  { environment, platform, homeDirectory: homedir() },
  { command: argv[2] ?? "", build: process.env["LATCHKEY_BUILD"] ?? "" },
);
const cachedData = cache?.read();
// The bundler writes nothing but ASCII.
const script = new Script(readFileSync(filename, "latin1"), { filename, ...(cachedData && { cachedData }) });
if (script.cachedDataRejected !== false) cache?.keepFrom(script);
script.runInThisContext()(require);
