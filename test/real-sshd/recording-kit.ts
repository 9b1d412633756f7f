import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { listen } from "../../local/shared/loopback-server.ts";
import { RunningParts } from "../../local/shared/running-parts.ts";
import { untilSaid } from "../support/client/until.ts";
import { run } from "../support/ssh-client.ts";
import { sshd } from "./prepare-machine.ts";
import { rootsDirectory } from "./real-instance.ts";
import type { Recording } from "./sshd.ts";

export const kitSource = path.resolve(import.meta.dirname, "../../examples/session-recording");

/** The PAM file of an sshd as distributions have it, in short. */
const pamService = `account required pam_permit.so
session required pam_loginuid.so
session required pam_env.so user_readenv=1 envfile=/etc/default/locale
`;

/** A line of a record: the first says what it is about, the others are [seconds, kind, text]. */
export interface SessionRecord {
  readonly file: string;
  readonly header: { readonly command: string | null; readonly latchkey: Readonly<Record<string, unknown>> };
  /** All output. */
  readonly output: string;
  readonly hasEnded: boolean;
}

/**
 * The kit of `examples/session-recording`, as its own script installs it, but in a directory of its own: in every file the
 * paths of the host lead there, and the metadata's address to a stand-in.
 */
export class RecordingKit {
  readonly directory: string;
  readonly #parts: RunningParts;
  #recorder: ChildProcess | undefined;

  private constructor(directory: string, parts: RunningParts) {
    this.directory = directory;
    this.#parts = parts;
  }

  /** @param instanceId of the host, as its metadata says. @param accessKeyId of the instance's role, also the secret. */
  static async install(instanceId: string, accessKeyId: string): Promise<RecordingKit> {
    const parts = new RunningParts();
    const directory = await mkdtemp(path.join(rootsDirectory, "latchkey-recorded-"));
    parts.keep({ stop: () => rm(directory, { recursive: true }) });
    const kit = new RecordingKit(directory, parts);
    await chmod(directory, 0o755); // users run `record` in it
    await mkdir(kit.path("/etc/pam.d"), { recursive: true });
    await writeFile(kit.path("/etc/pam.d/sshd"), pamService);
    await kit.installFiles();
    const metadata = parts.keep(await startMetadata(instanceId, accessKeyId));
    await kit.#movePaths(metadata.url);
    await kit.#makeDirectories();
    await symlink(sshd, kit.recording.program);
    const service = `/etc/pam.d/${path.basename(kit.recording.program)}`;
    await cp(kit.path("/etc/pam.d/sshd"), service);
    parts.keep({ stop: () => rm(service) });
    parts.keep({ stop: () => kit.stopRecorder() });
    await kit.startRecorder();
    return kit;
  }

  get recording(): Recording {
    const name = path.basename(this.directory).toLowerCase(); // as PAM reads the names of services
    return { configuration: this.path("/etc/ssh/sshd_config.d/00-latchkey.conf"), program: this.path(`/${name}`) };
  }

  /** Where a path of the host is. */
  path(ofHost: string): string {
    return path.join(this.directory, ofHost);
  }

  async installFiles(): Promise<void> {
    const { code, stderr } = await run("sh", [
      "-c",
      'cd "$1" && ./install.sh http://127.0.0.1:1 us-east-1 "$2"',
      "sh",
      kitSource,
      this.directory,
    ]);
    if (code !== 0) throw new Error(`install.sh failed: ${stderr}`);
  }

  /** As systemd-tmpfiles does. */
  async #makeDirectories(): Promise<void> {
    const lines = (await readFile(path.join(kitSource, "tmpfiles.conf"), "utf8")).split("\n");
    for (const [type, ofHost = "", mode = ""] of lines.map((line) => line.split(" "))) {
      if (type !== "d") continue;
      await mkdir(this.path(ofHost), { recursive: true });
      await chmod(this.path(ofHost), Number.parseInt(mode, 8));
    }
  }

  async #movePaths(metadataUrl: string): Promise<void> {
    const libexec = "/usr/local/libexec/latchkey";
    const programs = (await readdir(this.path(libexec))).map((name) => `${libexec}/${name}`);
    for (const file of [...programs, "/etc/pam.d/sshd", "/etc/ssh/sshd_config.d/00-latchkey.conf"]) {
      const text = await readFile(this.path(file), "utf8");
      await writeFile(this.path(file), this.moved(text).replace("http://169.254.169.254", metadataUrl));
    }
  }

  /** The text with the paths of the host where they are. */
  moved(text: string): string {
    return text.replace(/(?:\/usr\/local\/libexec|\/run|\/var\/log|\/etc)\/latchkey/g, (ofHost) => this.path(ofHost));
  }

  /** Says where the API is. */
  async configure(api: string): Promise<void> {
    await writeFile(this.path("/etc/latchkey/session-recording.json"), JSON.stringify({ api, region: "us-east-1" }));
  }

  async startRecorder(): Promise<void> {
    const recorder = spawn(this.path("/usr/local/libexec/latchkey/recorder"), { stdio: ["ignore", "pipe", "inherit"] });
    this.#recorder = recorder;
    await untilSaid(recorder.stdout, /keeping records/);
  }

  async stopRecorder(): Promise<void> {
    if (this.#recorder === undefined || this.#recorder.exitCode !== null) return;
    const closed = once(this.#recorder, "close");
    this.#recorder.kill();
    await closed;
    this.#recorder = undefined;
    await rm(this.path("/run/latchkey/recorder.sock"), { force: true });
  }

  /** Runs a program of the kit, as root. */
  run(program: string, ...args: readonly string[]) {
    return run(this.path(`/usr/local/libexec/latchkey/${program}`), args);
  }

  /** The lines of the log. */
  async log(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const text = await readFile(this.path("/var/log/latchkey/sessions.log"), "utf8").catch(() => "");
    return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  }

  /** The records of a key, oldest first. */
  async records(fingerprint: string): Promise<readonly SessionRecord[]> {
    const directory = this.path("/var/log/latchkey/records");
    const names = (await readdir(directory)).sort();
    const all = await Promise.all(names.map((name) => readRecord(path.join(directory, name))));
    return all.filter(({ header }) => header.latchkey["fingerprint"] === fingerprint);
  }

  stop(): Promise<void> {
    return this.#parts.stop();
  }
}

async function readRecord(file: string): Promise<SessionRecord> {
  const [header, ...lines] = (await readFile(file, "utf8"))
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  const output = lines.flatMap(([, kind, text]) => (kind === "o" ? [text] : [])).join("");
  return { file, header, output, hasEnded: lines.at(-1)?.[1] === "m" };
}

/** The part of an instance's metadata that the kit reads. */
async function startMetadata(instanceId: string, accessKeyId: string) {
  // The local stack's callers have no session token.
  const role = { AccessKeyId: accessKeyId, SecretAccessKey: accessKeyId };
  const facts = new Map([
    ["/latest/meta-data/instance-id/", instanceId],
    ["/latest/meta-data/iam/security-credentials/", "host"],
    ["/latest/meta-data/iam/security-credentials/host", JSON.stringify(role)],
  ]);
  const server = createServer(({ method, url = "", headers }, response) => {
    if (method === "PUT" && url === "/latest/api/token") return response.end("token");
    const fact = headers["x-aws-ec2-metadata-token"] === "token" ? facts.get(url) : undefined;
    return response.writeHead(fact === undefined ? 404 : 200).end(fact);
  });
  const { port, stop } = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}`, stop };
}
