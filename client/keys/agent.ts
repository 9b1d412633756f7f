import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import {
  type AgentIdentity,
  decodeIdentities,
  decodeRequest,
  encodeIdentities,
  encodeSignature,
  failureAnswer,
  frame,
  maxMessageBytes,
  messagesOf,
} from "./agent-protocol.ts";
import type { IdentityUses } from "./identity.ts";
import type { OneTimeKey } from "./one-time-key.ts";
import { UpstreamAgent } from "./upstream-agent.ts";

/** Milliseconds that the user's own agent has to list its keys: a login by ours need not wait for one that hangs. */
const listTimeout = 1000;

export interface AgentOptions {
  readonly key: OneTimeKey;
  /** Where to listen: in a directory that only the user can enter. */
  readonly socketPath: string;
  /** Where the user's own agent listens; undefined where there is none. */
  readonly upstreamPath: string | undefined;
  /** Whether a login is told of no other key: for an ssh whose IdentitiesOnly cannot choose, since it knows no file of the key. */
  readonly isOnlyKey?: boolean;
}

export interface RunningAgent {
  /** Counts on. */
  readonly uses: IdentityUses;
  /** How many are connected. */
  readonly clients: number;
  /** Ends every connection, and takes the socket away. May be called again. */
  close(): void;
}

/**
 * An ssh-agent (draft-miller-ssh-agent) with one key that is in this process's memory alone. Everything that is not about this
 * key goes to the user's own agent, so that whatever ssh does with that one still works.
 *
 * Where ssh forwards the agent to a server (`ssh -A`) and says so, as OpenSSH 8.9 and later do, the server does not see the key.
 */
export async function startAgent({
  key,
  socketPath,
  upstreamPath,
  isOnlyKey = false,
}: AgentOptions): Promise<RunningAgent> {
  const uses = { looks: 0, signatures: 0 };
  const signer: Signer = {
    blob: key.blob,
    isOnlyKey,
    noteLook: () => {
      uses.looks += 1;
    },
    sign: (data) => {
      uses.signatures += 1;
      return key.sign(data);
    },
  };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {}); // the client's own affair
    void serve(socket, signer, new UpstreamAgent(upstreamPath));
  });
  server.listen(socketPath);
  await once(server, "listening");
  server.unref();
  return {
    uses,
    get clients() {
      return sockets.size;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const noAgent = new UpstreamAgent(undefined);

interface Signer {
  readonly blob: Buffer;
  readonly isOnlyKey: boolean;
  noteLook(): void;
  sign(data: Buffer): Buffer;
}

/** Answers one client, message by message, until it goes or says what no agent understands. */
async function serve(socket: Socket, signer: Signer, upstream: UpstreamAgent): Promise<void> {
  let isForwarded = false;
  /** Older than OpenSSH 8.9, whoever asks does not say whether it is for a login. */
  let isBound = false;
  async function* answers(stream: AsyncIterable<Buffer>) {
    for await (const message of messagesOf(stream)) {
      const request = decodeRequest(message);
      if (request?.kind === "bind") isBound = true;
      if (request?.kind === "bind" && request.isForwarding) isForwarded = true;
      const isLogin = isBound && !isForwarded;
      const others = signer.isOnlyKey && isLogin && request?.kind === "identities" ? noAgent : upstream;
      yield frame(await answer(message, request, isForwarded ? undefined : signer, others));
    }
  }
  try {
    await pipeline(socket, answers, socket);
  } catch {
    // a length that no message has, or a client that went away
  } finally {
    upstream.close();
  }
}

async function answer(
  message: Buffer,
  request: ReturnType<typeof decodeRequest>,
  mine: Signer | undefined,
  upstream: UpstreamAgent,
): Promise<Buffer> {
  if (request === undefined) return failureAnswer;
  if (request.kind === "sign" && mine?.blob.equals(request.blob)) return encodeSignature(mine.sign(request.data));
  if (request.kind === "identities" && mine !== undefined) {
    mine.noteLook();
    const theirs = await upstream.ask(message, AbortSignal.timeout(listTimeout));
    return merged((theirs && decodeIdentities(theirs)) ?? [], mine);
  }
  return (await upstream.ask(message)) ?? failureAnswer;
}

/**
 * The user's keys and then ours: ssh tells it by its file, and a jump host need not be offered it first. Where ssh has no file of it,
 * ours goes first: a server that lets a client try five would not see it.
 */
function merged(theirs: readonly AgentIdentity[], { blob, isOnlyKey }: Signer): Buffer {
  const mine = { blob, comment: Buffer.from("latchkey") };
  const all = encodeIdentities(isOnlyKey ? [mine, ...theirs] : [...theirs, mine]);
  return all.length <= maxMessageBytes ? all : encodeIdentities([mine]);
}
