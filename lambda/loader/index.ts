import { readFileSync } from "node:fs";
import path from "node:path";
import { Script } from "node:vm";
import { bytecodeFile, codeFile, runtime, unsealed } from "./bytecode.ts";

/**
 * What Lambda loads of each function: it runs the code beside it, from bytecode if that fits. Otherwise V8 compiles the code
 * as ever, and one line in the log says so.
 */

const { setFlagsFromString } = process.getBuiltinModule("node:v8");

// Lambda starts Node with --expose-gc. V8 refuses bytecode that was made without it: ours, and Node's own of its modules.
if ("gc" in globalThis) setFlagsFromString("--no-expose-gc");

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

type Handler = (...invocation: readonly unknown[]) => Promise<unknown>;

// Every function's code sets it.
const own = { exports: {} as { readonly handler: Handler } };
script.runInThisContext()(own.exports, require, own, filename, __dirname);

/** The function's own, after whose first event V8's young generation no longer grows. */
export const handler: Handler = async (...invocation) => {
  try {
    return await own.exports.handler(...invocation);
  } finally {
    limitMemory();
  }
};

let isLimited = false;

/**
 * Lambda lets the young generation grow to more than a tenth of a function's memory, and what the first event has taken is
 * enough. NODE_OPTIONS cannot say so, because Lambda's own options come after them. Not earlier: V8 refuses bytecode under this
 * flag too, and the first event loads modules of Node.
 */
function limitMemory(): void {
  if (!isLimited) setFlagsFromString("--semi-space-growth-factor=1");
  isLimited = true;
}

function readBytecode(): Buffer | undefined {
  try {
    return unsealed(code, readFileSync(path.join(__dirname, bytecodeFile)));
  } catch {
    return undefined;
  }
}
