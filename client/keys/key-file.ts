import { writeFileSync } from "node:fs";
import path from "node:path";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { runChild } from "../terminal/run-child.ts";
import type { World } from "../terminal/world.ts";

type Machine = Pick<World, "environment" | "platform">;

/**
 * Writes a private key into a private directory, so that nobody but the user can read it: OpenSSH refuses any other
 * (aws-cli#9114). The text is written only once the file is closed to others.
 *
 * @returns the file's path. @throws Failure where Windows does not close the file.
 */
export async function writeKeyFile(machine: Machine, directory: string, privateKeyText: string): Promise<string> {
  const file = path.join(directory, "key");
  writeFileSync(file, "", { mode: 0o600, flag: "wx" });
  if (machine.platform === "win32") await closeOnWindows(file, machine.environment);
  writeFileSync(file, privateKeyText, { flag: "r+" });
  return file;
}

async function closeOnWindows(file: string, environment: World["environment"]): Promise<void> {
  const { code } = await runChild("icacls", icaclsArguments(file, environment));
  if (code === 0) return;
  throw new Failure("the one-time key's file cannot be closed to other users", {
    exitCode: exitCodes.configuration,
    hint: "icacls failed: use a key of your own with --identity",
  });
}

/** What makes a file the user's alone on Windows: no inherited access, and one entry, with the user's domain if there is one. */
export function icaclsArguments(
  file: string,
  { USERDOMAIN: domain, USERNAME: name }: World["environment"],
): readonly string[] {
  if (!name) throw new Error("USERNAME is not set");
  return [file, "/inheritance:r", "/grant:r", `${domain ? `${domain}\\` : ""}${name}:(F)`];
}
