import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { hasLoopbackHost, listen } from "../shared/loopback-server.ts";

/** Seconds: the longest life of a token that IMDSv2 gives. */
const maxTokenLife = 21_600;

const activeKeysPath = "/latest/meta-data/managed-ssh-keys/active-keys/";

export interface MetadataOptions {
  readonly instanceId: string;
  readonly availabilityZone: string;
  /** The instance's own, by which tokens expire. Every answer tells it in `Date`, see `startMetadata`. */
  readonly clock: () => Date;
  /** PEM: by it the agent knows that a block comes from EC2 Instance Connect. */
  readonly signerCertificate: string;
  /** The blocks of the keys that are active for an OS user; "" where there is none. */
  readonly activeKeys: (osUser: string) => string;
}

export interface Metadata {
  /** What stands for `http://169.254.169.254`. */
  readonly url: string;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly text?: string;
}

/**
 * Starts what stands for the metadata service (IMDSv2) of one instance, as far as the agent of EC2 Instance Connect reads it.
 * The OCSP staples are left out. What it does not know is answered by 404, and complained of on standard error.
 *
 * `Date`, in every answer, tells the instance's clock. A real agent asks `date`; here all instances are one machine, whose
 * clock no test can set.
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

/** The OS user whose keys a path asks for. */
function userOf(path: string): string | undefined {
  const user = path.startsWith(activeKeysPath) ? path.slice(activeKeysPath.length) : "";
  return /^([^/]+)\/$/.exec(user)?.[1];
}

function unknown({ method, url }: IncomingMessage): Answer {
  console.error(`The metadata stand-in does not know ${method} ${url}`);
  return { status: 404 };
}
