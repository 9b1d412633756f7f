import { once } from "node:events";
import { Duplex } from "node:stream";
import type { Latchkey } from "latchkey/sdk";
import { Client, type ClientChannel, type ServerHostKeyAlgorithm, utils } from "ssh2";

export interface Command {
  readonly instanceId: string;
  readonly osUser: string;
  /** As the instance's shell reads it. */
  readonly command: string;
}

export interface CommandResult {
  /** 255 if a signal or a lost connection ended it. */
  readonly exitCode: number;
  /** What it wrote, errors among it: the last 32,000 characters. Text from the instance. */
  readonly output: string;
}

type Connection = Awaited<ReturnType<Latchkey["connect"]>>;

/** Characters. Step Functions passes on at most 256 KiB between states. */
const longestOutput = 32_000;

/**
 * Runs a command on an instance, by a key that is made for it and leaves this process never.
 *
 * @throws ApiProblem if Latchkey refuses; Error if the instance shows a host key that Latchkey does not know, or the login fails.
 */
export async function runCommand(latchkey: Latchkey, { command, ...where }: Command): Promise<CommandResult> {
  const { public: publicKey, private: privateKey } = utils.generateKeyPairSync("ed25519");
  const connection = await latchkey.connect({ ...where, publicKey });
  const { host, port, user: username, hostKeys } = connection;
  const client = new Client();
  try {
    const ready = once(client, "ready");
    client.connect({
      ...(connection.tunnel ? { sock: await tunnelStream(latchkey, connection) } : { host, port }),
      ...{ username, privateKey },
      algorithms: { serverHostKey: hostKeys.flatMap(({ type }) => signaturesOf(type)) as ServerHostKeyAlgorithm[] },
      hostVerifier: (shown: Buffer) => hostKeys.some(({ key }) => key.split(" ")[1] === shown.toString("base64")),
    });
    await ready;
    client.on("error", () => {}); // a lost connection ends the command's channel too
    return await resultOf(client, command);
  } finally {
    client.end();
  }
}

/** The signatures by which a host proves that it has a key of this type. */
const signaturesOf = (type: string) => (type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type]);

/** A tunnel as a stream. */
async function tunnelStream(latchkey: Latchkey, connection: Connection): Promise<Duplex> {
  const stream = new Duplex({
    read() {},
    write(chunk: Uint8Array<ArrayBuffer>, _encoding, done) {
      socket.send(chunk);
      done();
    },
    destroy(error, done) {
      socket.close();
      done(error);
    },
  });
  const socket = await latchkey.openTunnel(connection, { onMessage: (data) => stream.push(data) });
  socket.addEventListener("close", () => stream.push(null));
  return stream;
}

async function resultOf(client: Client, command: string): Promise<CommandResult> {
  const channel = await new Promise<ClientChannel>((resolve, reject) =>
    client.exec(command, (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  let output = "";
  const keep = (text: string) => {
    output = (output + text).slice(-longestOutput);
  };
  channel.setEncoding("utf8").on("data", keep);
  channel.stderr.setEncoding("utf8").on("data", keep);
  channel.end();
  const [exitCode] = (await once(channel, "close")) as [number | undefined];
  return { exitCode: exitCode ?? 255, output };
}
