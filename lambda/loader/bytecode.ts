import { createHash } from "node:crypto";

/** A function's code, as an expression: the function that Node would wrap a module in. */
export const codeFile = "function.cjs";

/** What V8 makes of all of that code, with a seal before it. */
export const bytecodeFile = "function.bytecode";

/**
 * What bytecode is valid for. V8 itself compares less: it has taken bytecode of another build of its version, and of another
 * architecture, and crashed (https://github.com/nodejs/node/issues/62781).
 */
export const runtime = `${process.versions.v8} ${process.platform} ${process.arch}`;

/** Of runtime, code and bytecode together: V8 knows code by its length, and does not notice that bytecode is damaged. */
const sealOf = (code: Buffer, bytecode: Buffer) =>
  createHash("sha256").update(`${runtime}\n`).update(code).update(bytecode).digest();

const sealSize = 32;

/** The file of the bytecode that this process's V8 has made of the code. */
export const sealed = (code: Buffer, bytecode: Buffer): Buffer => Buffer.concat([sealOf(code, bytecode), bytecode]);

/** The bytecode in such a file; undefined if it was made of other code or for another runtime, or is damaged. */
export function unsealed(code: Buffer, file: Buffer): Buffer | undefined {
  const bytecode = file.subarray(sealSize);
  return file.subarray(0, sealSize).equals(sealOf(code, bytecode)) ? bytecode : undefined;
}
