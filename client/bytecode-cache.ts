import { createHash, randomUUID } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Script } from "node:vm";
import { cacheDirectoryOf, type PathContext } from "../sdk/node/paths.ts";
import { readOwnBytes, requireOwn } from "./settings/own-file.ts";

/** The command's code, beside what starts it: an expression, a function that takes `require`. */
export const commandFile = "command.cjs";

/** Milliseconds: thirty days. */
const forgottenAfter = 30 * 24 * 60 * 60 * 1000;
/** Milliseconds after which a command has done what it does at its start. V8 forgets the bytecode of what no longer runs. */
const started = 5000;
/** Exit codes of a command that has failed, perhaps at once: see `exitCodes`. */
const isFailure = (code: number) => code >= 64 && code <= 78;

const sealSize = 32;

/**
 * V8's bytecode of what a command has run, for its next start. It is code: the directory and its files must be the
 * user's own, and closed to others. Fails silently: without it, a start takes longer.
 */
export class BytecodeCache {
  readonly #home: string;
  readonly #file: string;

  private constructor(home: string, file: string) {
    this.#home = home;
    this.#file = file;
  }

  /**
   * @param of the command's first word, and what identifies the code.
   * @returns undefined if the user wants none (NODE_DISABLE_COMPILE_CACHE is Node's own name for that), or has no home.
   */
  static of(context: PathContext, of: { readonly command: string; readonly build: string }): BytecodeCache | undefined {
    if (context.environment["NODE_DISABLE_COMPILE_CACHE"] || !/^[a-z-]{1,20}$/.test(of.command)) return undefined;
    // V8 itself compares less: https://github.com/nodejs/node/issues/62781
    const runtime = `${process.versions.v8}-${process.platform}-${process.arch}`;
    const file = path.join(cacheDirectoryOf(context), `code-${of.command}-${of.build}-${runtime}`);
    // With HOME empty it would be in the working directory, perhaps of a repository that somebody else has written.
    return path.isAbsolute(file) ? new BytecodeCache(context.homeDirectory, file) : undefined;
  }

  /** @returns undefined if there is none that can be trusted and is whole. */
  read(): Buffer | undefined {
    try {
      const directory = path.dirname(this.#file);
      requireOwn(directory, lstatSync(directory));
      const bytes = readOwnBytes(this.#file);
      const bytecode = bytes.subarray(sealSize);
      return bytes.subarray(0, sealSize).equals(this.#seal(bytecode)) ? bytecode : undefined;
    } catch {
      return undefined;
    }
  }

  /** Writes the bytecode of what has run, when the command has started and again at its end, unless it fails. */
  keepFrom(script: Script): void {
    let length = 0;
    const keep = () => {
      const bytecode = script.createCachedData();
      if (bytecode.length > length) this.#write(bytecode);
      length = bytecode.length;
    };
    setTimeout(keep, started).unref();
    process.once("exit", (code) => {
      if (!isFailure(code)) keep();
    });
  }

  #write(bytecode: Buffer): void {
    try {
      // With another user's home, as under sudo, nothing is made in it.
      requireOwn(this.#home, statSync(this.#home));
      const directory = path.dirname(this.#file);
      makeDirectory(path.dirname(directory));
      makeDirectory(directory);
      requireOwn(directory, lstatSync(directory));
      chmodSync(directory, 0o700);
      replaceFile(this.#file, Buffer.concat([this.#seal(bytecode), bytecode]));
      forgetOld(directory, Date.now() - forgottenAfter);
    } catch {
      // A full disk or a read-only home.
    }
  }

  /** V8 does not notice that bytecode is damaged. */
  #seal(bytecode: Buffer): Buffer {
    return createHash("sha256")
      .update(`${path.basename(this.#file)}\n`)
      .update(bytecode)
      .digest();
  }
}

/** All of it or nothing: what was written before a disk was full would stay, and more with each start. */
function replaceFile(file: string, bytes: Buffer): void {
  const next = `${file}-${randomUUID()}`;
  try {
    writeFileSync(next, bytes, { mode: 0o600, flag: "wx" });
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

/** Not recursive: that never ends where a directory cannot be made though its parent is there, as in /proc. */
function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Each version of Latchkey and of Node leaves a file for each command. */
function forgetOld(directory: string, before: number): void {
  for (const name of readdirSync(directory)) {
    const file = path.join(directory, name);
    if (name.startsWith("code-") && lstatSync(file).mtimeMs < before) rmSync(file, { force: true });
  }
}
