import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";
import { bytecodeFile, codeFile, sealed } from "../../lambda/loader/bytecode.ts";

/**
 * `node --hash-seed=1 compile-bytecode.ts DIRECTORY…`: compiles the code of each bundle, with the V8 that will run it. With a
 * fixed seed the same code becomes the same bytes, so that a deployment which changes nothing uploads nothing.
 */
for (const directory of process.argv.slice(2)) {
  const code = readFileSync(path.join(directory, codeFile));
  writeFileSync(path.join(directory, bytecodeFile), sealed(code, bytecodeOf(code.toString("latin1"))));
}

/** Of every function in the code, although V8 by itself compiles one when it is first called. */
function bytecodeOf(code: string): Buffer {
  setFlagsFromString("--no-lazy");
  const script = new Script(code, { filename: codeFile });
  // V8 accepts bytecode only under the flags that were set when it was written out.
  setFlagsFromString("--lazy");
  setFlagsFromString("--hash-seed=0");
  return script.createCachedData();
}
