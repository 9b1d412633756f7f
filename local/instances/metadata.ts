import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { hasLoopbackHost, listen } from "../shared/loopback-server.ts";

/** Seconds: the longest life of an IMDSv2 token. */
const maxTokenLife = 21_600;

const activeKeysPath = "/latest/meta-data/managed-ssh-keys/active-keys/";

export interface MetadataOptions {
  readonly instanceId: string;
  readonly availabilityZone: string;
  /** The instance's clock, by which tokens expire. Every response has it in `Date`, see `startMetadata`. */
  readonly clock: () => Date;
  /** PEM: proves to the agent that a block comes from EC2 Instance Connect. */
  readonly signerCertificate: string;
  /** The blocks of the active keys of an OS user; "" if there are none. */
  readonly activeKeys: (osUser: string) => string;
}

export interface Metadata {
  /** Stand-in for `http://169.254.169.254`. */
  readonly url: string;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly text?: string;
}

/**
 * Starts the stand-in for the metadata service (IMDSv2) of one instance, as far as the agent of EC2 Instance Connect reads it.
 * The OCSP staples are left out. An unknown path gets a 404, and an error on standard error.
 *
 * `Date` of every response is the instance's clock. A real agent runs `date`; here all instances are one machine, whose clock no
 * test can set.
 */
export async function startMetadata(options: MetadataOptions): Promise<Metadata> {
  const { instanceId, availabilityZone, clock, signerCertificate, activeKeys } = options;
  /** When each token expires, in milliseconds since 1970. */
  const tokens = new Map<string, number>();
  const facts = new Map([
    ["/latest/meta-data/instance-id/", instanceId],
    ["/latest/meta-data/placement/availability-zone/", availabilityZone],
    ["/latest/meta-data/services/domain/", "amazonaws.com"],
    ["/latest/meta-data/managed-ssh-keys/signer-cert/", signerCertificate],
  ]);

  function answer(request: IncomingMessage): Answer {
    const { method, url = "", headers } = request;
    if (!hasLoopbackHost(request)) return { status: 403 };
    if (method === "PUT" && url === "/latest/api/token") {
      return giveToken(headers["x-aws-ec2-metadata-token-ttl-seconds"]);
    }
    if (method !== "GET") return unknown(request);
    if (!holds(headers["x-aws-ec2-metadata-token"])) return { status: 401 };
    const osUser = userOf(url);
    const text = osUser === undefined ? facts.get(url) : activeKeys(osUser);
    if (text === undefined) return unknown(request);
    return text === "" ? { status: 404 } : { status: 200, text };
  }

  function giveToken(life: string | string[] | undefined): Answer {
    const seconds = Number(life);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > maxTokenLife) return { status: 400 };
    const token = randomBytes(40).toString("base64");
    tokens.set(token, clock().getTime() + seconds * 1000);
    return { status: 200, text: token };
  }

  function holds(token: string | string[] | undefined): boolean {
    return clock().getTime() < (tokens.get(String(token)) ?? 0);
  }

  const server = createServer((request, response) => {
    const { status, text = "" } = answer(request);
    response.writeHead(status, { "Content-Type": "text/plain", Date: clock().toUTCString() }).end(text);
  });
  const { port, stop } = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}`, stop };
}

/** The OS user whose keys a path names. */
function userOf(path: string): string | undefined {
  const user = path.startsWith(activeKeysPath) ? path.slice(activeKeysPath.length) : "";
  return /^([^/]+)\/$/.exec(user)?.[1];
}

function unknown({ method, url }: IncomingMessage): Answer {
  console.error(`The metadata stand-in does not know ${method} ${url}`);
  return { status: 404 };
}
