import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import {
  type AgentIdentity,
  decodeIdentities,
  decodeRequest,
  encodeIdentities,
  encodeSignature,
  failureResponse,
  frame,
  maxMessageBytes,
  messagesOf,
} from "./agent-protocol.ts";
import type { IdentityUses } from "./identity.ts";
import type { OneTimeKey } from "./one-time-key.ts";
import { UpstreamAgent } from "./upstream-agent.ts";

/** Milliseconds that the user's own agent has to list its keys. If it hangs, a login with ours need not wait for it. */
const listTimeout = 1000;

export interface AgentOptions {
  readonly key: OneTimeKey;
  /** A socket path in a directory that only the user can enter. */
  readonly socketPath: string;
  /** The socket path of the user's own agent; undefined if there is none. */
  readonly upstreamPath: string | undefined;
  /** Hides all other keys from a login: without a key file, IdentitiesOnly of ssh cannot choose ours. */
  readonly isOnlyKey?: boolean;
}

export interface RunningAgent {
  /** Updated with each use. */
  readonly uses: IdentityUses;
  /** The number of connected clients. */
  readonly clients: number;
  /** Ends every connection and removes the socket. May be called again. */
  close(): void;
}

/**
 * Starts an ssh-agent (draft-miller-ssh-agent) with one key, held only in this process's memory. It passes requests
 * about other keys to the user's own agent, so that everything ssh does with that one still works.
 *
 * If ssh forwards the agent to a server (`ssh -A`) and says so, as OpenSSH 8.9 and later do, the server does not see the key.
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
    socket.on("error", () => {}); // each client handles its own errors
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
  readonly blob: Uint8Array;
  readonly isOnlyKey: boolean;
  noteLook(): void;
  sign(data: Uint8Array): Uint8Array;
}

/** Serves one client, message by message, until it disconnects or sends what is not a message. */
async function serve(socket: Socket, signer: Signer, upstream: UpstreamAgent): Promise<void> {
  let isForwarded = false;
  /** Clients before OpenSSH 8.9 do not say whether they ask for a login. */
  let isBound = false;
  async function* responses(stream: AsyncIterable<Uint8Array>) {
    for await (const message of messagesOf(stream)) {
      const request = decodeRequest(message);
      if (request?.kind === "bind") isBound = true;
      if (request?.kind === "bind" && request.isForwarding) isForwarded = true;
      const isLogin = isBound && !isForwarded;
      const others = signer.isOnlyKey && isLogin && request?.kind === "identities" ? noAgent : upstream;
      yield frame(await respond(message, request, isForwarded ? undefined : signer, others));
    }
  }
  try {
    await pipeline(socket, responses, socket);
  } catch {
    // an invalid length, or the client has disconnected
  } finally {
    upstream.close();
  }
}

async function respond(
  message: Uint8Array,
  request: ReturnType<typeof decodeRequest>,
  mine: Signer | undefined,
  upstream: UpstreamAgent,
): Promise<Uint8Array> {
  if (request === undefined) return failureResponse;
  if (request.kind === "sign" && mine && isEqual(mine.blob, request.blob))
    return encodeSignature(mine.sign(request.data));
  if (request.kind === "identities" && mine !== undefined) {
    mine.noteLook();
    const theirs = await upstream.ask(message, AbortSignal.timeout(listTimeout));
    return merged((theirs && decodeIdentities(theirs)) ?? [], mine);
  }
  return (await upstream.ask(message)) ?? failureResponse;
}

/**
 * Lists the user's keys and then ours: ssh picks ours by its file, and a jump host need not be offered it first. If ssh
 * has no file for it, ours goes first: a server that allows five attempts would otherwise not see it.
 */
function merged(theirs: readonly AgentIdentity[], { blob, isOnlyKey }: Signer): Uint8Array {
  const mine = { blob, comment: Buffer.from("latchkey") };
  const all = encodeIdentities(isOnlyKey ? [mine, ...theirs] : [...theirs, mine]);
  return all.length <= maxMessageBytes ? all : encodeIdentities([mine]);
}

const isEqual = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;
