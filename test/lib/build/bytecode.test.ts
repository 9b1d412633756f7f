import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { bytecodeFile, codeFile, runtime, sealed } from "../../../lambda/loader/bytecode.ts";
import { addBytecode } from "../../../lib/build/add-bytecode.ts";
import { writeLoader } from "../../../lib/build/bytecode.ts";

const code = `(function (exports, require, module, __filename, __dirname) {
const respond = () => "first";
const fail = () => { throw new Error("on line 3"); };
module.exports = { handler: async (fails) => (fails ? fail() : respond()) };
})`;

let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "latchkey-"));
  writeFileSync(path.join(directory, codeFile), code);
  await writeLoader([directory]);
  addBytecode([directory], [process.execPath]);
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What a fresh process returns and logs that loads the bundle as Lambda does. */
function call(flags: readonly string[] = [], event = "", before = "Promise.resolve()") {
  const called = `${before}.then(() => require("./index.cjs").handler(${event}))`;
  const program = `${called}.then(console.log, ({ stack }) => console.log(stack));`;
  const env = { STACK_NAME: "Latchkey" };
  const output = execFileSync(process.execPath, [...flags, "-e", program], { cwd: directory, encoding: "utf8", env });
  const lines = output.trimEnd().split("\n");
  return {
    returned: lines.filter((line) => !line.startsWith("{")).join("\n"),
    logged: lines.filter((line) => line.startsWith("{")).map((line): unknown => JSON.parse(line)),
  };
}

const rejection = {
  level: "warn",
  message: "bytecode.rejected",
  cachedDataRejected: true,
  runtime,
  service: "Latchkey",
};

describe("a function runs from its bytecode, and logs nothing of it", () => {
  test.each<[sentence: string, flags: readonly string[]]>([
    ["without flags", []],
    ["as Lambda starts it", ["--expose-gc", "--max-semi-space-size=51", "--max-old-space-size=922"]],
    ["with a young generation of its own", ["--max-semi-space-size=4"]],
  ])("%s", (_, flags) => {
    expect(call(flags)).toEqual({ returned: "first", logged: [] });
  });
});

test("a function's young generation stays as large as its first event has made it", () => {
  const holding = `const kept = []; for (let n = 0; n < 1e6; n++) kept[n % 2e5] = { n };`;
  const size = `require("node:v8").getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space").space_size`;
  const told = `${holding} return ${size} < 16 * 2 ** 20 ? "less than 16 MiB" : ${size};`;
  writeFileSync(path.join(directory, codeFile), code.replace("fail()", `(() => { ${told} })()`));
  addBytecode([directory], [process.execPath]);
  const first = `require("./index.cjs").handler()`;
  expect(call(["--max-semi-space-size=51"], "true", first)).toEqual({ returned: "less than 16 MiB", logged: [] });
});

const write = (change: (file: Buffer) => Buffer) => {
  const file = path.join(directory, bytecodeFile);
  writeFileSync(file, change(readFileSync(file)));
};
const flip = (file: Buffer, at: number) => {
  file[at] = (file[at] ?? 0) ^ 0xff;
  return file;
};

/** The bytecode, as the same V8 on another architecture would have sealed it. */
function elsewhere(file: Buffer): Buffer {
  const bytecode = file.subarray(32);
  const other = runtime.replace(process.arch, "riscv64");
  return Buffer.concat([createHash("sha256").update(`${other}\n${code}`).update(bytecode).digest(), bytecode]);
}

describe("a function whose bytecode does not fit is compiled, and says so in one line", () => {
  test.each<[sentence: string, spoil: () => void]>([
    ["there is none", () => rmSync(path.join(directory, bytecodeFile))],
    ["it is empty", () => write(() => Buffer.alloc(0))],
    ["it is cut short", () => write((file) => file.subarray(0, -8))],
    ["its seal is damaged", () => write((file) => flip(file, 0))],
    ["V8's header is damaged", () => write((file) => flip(file, 40))],
    ["its end is damaged", () => write((file) => flip(file, file.length - 1))],
    ["it was made for another architecture", () => write(elsewhere)],
    ["V8 refuses what has a valid seal", () => write(() => sealed(Buffer.from(code), Buffer.from("no bytecode")))],
  ])("%s", (_, spoil) => {
    spoil();
    expect(call()).toEqual({ returned: "first", logged: [rejection] });
  });

  test("it is of other code of the same length", () => {
    writeFileSync(path.join(directory, codeFile), code.replace("first", "other"));
    expect(call()).toEqual({ returned: "other", logged: [rejection] });
  });

  test("V8 has other flags", () => {
    expect(call(["--stack-size=900"])).toEqual({ returned: "first", logged: [rejection] });
  });
});

test("an error tells where it was thrown in the code", () => {
  expect(call([], "true").returned).toContain(`Error: on line 3\n    at fail (${path.join(directory, codeFile)}:3:`);
});

test("a command that runs no Node of Lambda's is named", () => {
  expect(() => addBytecode([directory], ["/nowhere/node", "--flag"])).toThrow(
    "/nowhere/node --flag compiles no bytecode",
  );
});

test("the same code becomes the same bytes, or every deployment would replace every function", async () => {
  const files = () => [bytecodeFile, "index.cjs"].map((name) => readFileSync(path.join(directory, name)));
  const before = files();
  await writeLoader([directory]);
  addBytecode([directory], [process.execPath]);
  expect(files()).toEqual(before);
});

test("the bytecode is made by the Node that is given", () => {
  const node = [process.execPath, "--require", path.join(directory, "preload.cjs")];
  writeFileSync(path.join(directory, "preload.cjs"), `Object.defineProperty(process, "arch", { value: "riscv64" });`);
  addBytecode([directory], node);
  expect(call().logged).toEqual([rejection]);
});
