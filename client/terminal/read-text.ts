import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { exitCodes } from "./exit-code.ts";
import { Failure } from "./failure.ts";
import { visible } from "./terminal.ts";

/** Reads a file, or standard input for `-`. @throws Failure `noInput` */
export async function readText(file: string): Promise<string> {
  try {
    return file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw new Failure(`${visible(file)} cannot be read: ${code}`, { exitCode: exitCodes.noInput, cause: error });
  }
}
