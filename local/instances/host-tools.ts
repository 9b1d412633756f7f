import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { commandPath } from "./run-command.ts";

/** Programs of this machine's that serve a login. What is missing is refused to the client. */
export interface HostTools {
  /** The shell that runs a login's commands. */
  readonly shell: string;
  /** script(1) of util-linux, which gives a command a terminal. */
  readonly script: string | undefined;
  /** OpenSSH's, which speaks the protocol on its standard input and output. */
  readonly sftpServer: string | undefined;
}

/** bash is what a login gets on EC2's images; not every machine has it. */
const shells = ["/bin/bash", "/bin/sh"];

/** It is not meant for people, so it stands on no PATH, and each system has it elsewhere. */
const sftpServers = [
  "/usr/lib/openssh/sftp-server", // Debian, Ubuntu
  "/usr/libexec/openssh/sftp-server", // Fedora, RHEL, Amazon Linux
  "/usr/lib/ssh/sftp-server", // Arch, Alpine, openSUSE
  "/usr/libexec/sftp-server", // macOS, FreeBSD
];

export async function findHostTools(): Promise<HostTools> {
  const directories = commandPath.split(path.delimiter);
  const [shell = "/bin/sh", script, stty, sftpServer] = await Promise.all([
    firstProgram(shells),
    firstProgram(directories.map((directory) => path.join(directory, "script"))),
    firstProgram(directories.map((directory) => path.join(directory, "stty"))),
    firstProgram(sftpServers),
  ]);
  const hasTerminals = script !== undefined && stty !== undefined && (await isOfUtilLinux(script));
  return { shell, script: hasTerminals ? script : undefined, sftpServer };
}

async function firstProgram(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const isProgram = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isProgram) return file;
  }
  return undefined;
}

/** The others take other arguments: busybox's tells no exit code, and those of macOS and the BSDs insist on a terminal of their own. */
async function isOfUtilLinux(script: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)(script, ["--version"]).catch(() => ({ stdout: "" }));
  return stdout.includes("util-linux");
}
