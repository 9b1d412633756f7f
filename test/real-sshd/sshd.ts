import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { freePort } from "../support/free-port.ts";
import { run } from "../support/ssh-client.ts";
import { sshd } from "./prepare-machine.ts";

export interface SshdOptions {
  /** An existing directory, used by this instance only. */
  readonly directory: string;
  /** With its arguments. sshd requires that only root owns and can write the file and every directory above it. */
  readonly authorizedKeysCommand: string;
  /** Left out: it has none, as some images do. */
  readonly sftpServer?: string | undefined;
  readonly recording?: Recording | undefined;
  /** The type of the host key, as ssh-keygen takes it. The default is `ed25519`. */
  readonly hostKeyType?: string | undefined;
  /** Lines of sshd_config, which come first and hold. */
  readonly settings?: string | undefined;
}

/** What makes an sshd record its sessions. */
export interface Recording {
  /** A file of sshd_config. What it sets holds. */
  readonly configuration: string;
  /** A link to sshd, whose name is that of the PAM service. */
  readonly program: string;
}

export interface RunningSshd {
  /** On 127.0.0.1. */
  readonly port: number;
  /** `<type> <base64>` */
  readonly hostKey: string;
  stop(): Promise<void>;
}

/** Starts an sshd with a new host key. It accepts only the keys that the command prints. */
export async function startSshd(options: SshdOptions): Promise<RunningSshd> {
  const { directory, authorizedKeysCommand, sftpServer, recording, hostKeyType = "ed25519", settings = "" } = options;
  const hostKeyFile = path.join(directory, "host_key");
  const made = await run("ssh-keygen", ["-q", "-t", hostKeyType, "-N", "", "-C", "", "-f", hostKeyFile]);
  if (made.code !== 0) throw new Error(`ssh-keygen failed: ${made.stderr}`);
  const port = await freePort();
  const config = path.join(directory, "sshd_config");
  const first = recording ? `Include ${recording.configuration}\n` : ""; // sshd takes the first value of each option
  await writeFile(
    config,
    `${settings}\n${first}${configuration(port, hostKeyFile, authorizedKeysCommand)}${subsystem(sftpServer)}`,
  );

  const server = spawn(recording?.program ?? sshd, ["-D", "-e", "-f", config, ...(await withoutPenalties(config))], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await listening(server);
  return { port, hostKey: (await readFile(`${hostKeyFile}.pub`, "utf8")).trim(), stop: () => end(server) };
}

function configuration(port: number, hostKeyFile: string, authorizedKeysCommand: string): string {
  return `
    ListenAddress 127.0.0.1:${port}
    HostKey ${hostKeyFile}
    PidFile none
    UsePAM no
    StrictModes no
    AuthenticationMethods publickey
    AuthorizedKeysFile none
    AuthorizedKeysCommand ${authorizedKeysCommand}
    AuthorizedKeysCommandUser nobody
  `;
}

const subsystem = (sftpServer: string | undefined) => (sftpServer ? `Subsystem sftp ${sftpServer}\n` : "");

/** OpenSSH 9.8 and later block an address after many failed logins, as happen here. Earlier versions do not know the option. */
async function withoutPenalties(config: string): Promise<string[]> {
  const option = ["-o", "PerSourcePenalties=no"];
  const { code } = await run(sshd, ["-t", "-f", config, ...option]);
  return code === 0 ? option : [];
}

/** @throws Error with the output of sshd, if it exits instead */
function listening(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("Server listening on")) resolve();
    });
    server.once("error", reject).once("close", () => reject(new Error(`sshd does not start: ${said}`)));
  });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const closed = once(server, "close");
  server.kill();
  await closed;
}
