import { readFileSync } from "node:fs";
import path from "node:path";
import { Script } from "node:vm";
import { bytecodeFile, codeFile, runtime, unsealed } from "./bytecode.ts";

/**
 * What Lambda loads of each function: it runs the code beside it, from bytecode if that fits. Otherwise V8 compiles the code
 * as ever, and one line in the log says so.
 */

// Lambda starts Node with --expose-gc. V8 refuses bytecode that was made without it: ours, and Node's own of its modules.
if ("gc" in globalThis) process.getBuiltinModule("node:v8").setFlagsFromString("--no-expose-gc");

const filename = path.join(__dirname, codeFile);
const code = readFileSync(filename);
const cachedData = readBytecode();
// The bundler writes nothing but ASCII.
const script = new Script(code.toString("latin1"), { filename, ...(cachedData && { cachedData }) });
if (script.cachedDataRejected !== false) {
  const service = process.env["STACK_NAME"];
  console.log(
    JSON.stringify({ level: "warn", message: "bytecode.rejected", cachedDataRejected: true, runtime, service }),
  );
}

const own: { exports: { handler?: unknown } } = { exports: {} };
script.runInThisContext()(own.exports, require, own, filename, __dirname);

export const { handler } = own.exports;

function readBytecode(): Buffer | undefined {
  try {
    return unsealed(code, readFileSync(path.join(__dirname, bytecodeFile)));
  } catch {
    return undefined;
  }
}
