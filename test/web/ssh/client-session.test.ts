import { afterEach, describe, expect, test } from "@jest/globals";
import { BaseStream, SshAlgorithms, SshServerSession } from "@microsoft/dev-tunnels-ssh";
import { ClientSession } from "../../../web/ssh/client-session.ts";
import { configurationFor } from "../../../web/ssh/configuration.ts";

/** One end of a wire without a network. */
class End extends BaseStream {
  other: End | undefined;

  override async write(data: Buffer): Promise<void> {
    this.other?.onData(Buffer.from(data));
  }

  override async close(): Promise<void> {
    this.other?.onEnd();
    this.dispose();
  }
}

/** What a server needs to ask for new keys: the library keeps it to itself. */
interface Internals {
  readonly protocol: { considerReExchange(isFirst: boolean): Promise<void> };
}

const newHostKey = async () => {
  const { ecdsaSha2Nistp256 } = SshAlgorithms.publicKey;
  if (!ecdsaSha2Nistp256) throw new Error("the library lacks it");
  return ecdsaSha2Nistp256.generateKeyPair();
};

let sessions: { dispose(): void }[] = [];
afterEach(() => {
  for (const session of sessions) session.dispose();
  sessions = [];
});

/** A session that has its first keys. @returns what asks for new ones, as a host with another key or the same */
async function connected() {
  const [near, far] = [new End(), new End()];
  [near.other, far.other] = [far, near];
  const client = ClientSession.refusingChannels(configurationFor([]));
  const server = new SshServerSession(configurationFor([]));
  sessions = [client, server];
  server.credentials = { publicKeys: [await newHostKey()] };
  await Promise.all([client.connect(near), server.connect(far)]);
  const closed = new Promise<void>((resolve) => void client.onClosed(() => resolve()));
  const askForNewKeys = () => (server as unknown as Internals).protocol.considerReExchange(true);
  return { client, server, closed, askForNewKeys };
}

describe("a host that asks for new keys", () => {
  test("is lost if it shows another host key than before", async () => {
    const { client, server, closed, askForNewKeys } = await connected();
    const first = client.hostKey;
    server.credentials = { publicKeys: [await newHostKey()] };
    await askForNewKeys();
    await closed;
    expect(client.hostKey).toBe(first);
  });

  test("gets them if it shows the same", async () => {
    const { client, askForNewKeys } = await connected();
    const { algorithms } = client;
    await askForNewKeys();
    while (client.algorithms === algorithms) await new Promise(setImmediate);
    expect(client.isClosed).toBe(false);
  });
});
