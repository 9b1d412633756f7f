import { type LookupAddress, type LookupAllOptions, lookup } from "node:dns";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.ts";

/** How names are resolved, and which addresses may be connected to. */
export interface Network {
  lookup(
    hostname: string,
    options: LookupAllOptions,
    callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
  ): void;
  permits(address: string): boolean;
  /** The only certificate authority that counts, in PEM. Left out: those that Node knows. */
  readonly authority?: string;
}

/** All public addresses, and no others. */
export const publicInternet: Network = { lookup, permits: isPublicAddress };

export interface PostResponse {
  readonly status: number;
  /** The header of that name. */
  readonly retryAfter: string | undefined;
}

/** Nothing has come back. */
export class PostFailure extends Error {
  readonly reason: "address-refused" | "timed-out" | "unreachable";

  constructor(reason: PostFailure["reason"], cause?: unknown) {
    super(`The receiver could not be called: ${reason}`, { cause });
    this.reason = reason;
  }
}

/**
 * Posts over a connection of its own to an address that the network permits. All addresses of the name must be permitted, and the
 * connection goes to one of exactly these: the name is not resolved again. No redirect is followed. The body of the response is
 * not read.
 *
 * @param url with the scheme `https`.
 * @throws PostFailure
 */
export async function guardedPost(
  network: Network,
  url: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  signal: AbortSignal,
): Promise<PostResponse> {
  const { protocol, hostname } = new URL(url);
  const literal = hostname.replace(/^\[|\]$/g, "");
  // No lookup is made for an address.
  if (protocol !== "https:" || (isIP(literal) && !network.permits(literal))) throw new PostFailure("address-refused");
  const { authority: ca } = network;
  const options = {
    ...{ method: "POST", headers, signal, agent: false, lookup: guardedLookup(network) },
    // Also if a variable of the environment says otherwise.
    ...{ rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
  };
  try {
    return await new Promise((resolve, reject) => {
      https
        .request(url, options, (response) => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, retryAfter: headers["retry-after"] });
          response.destroy();
        })
        // The request's error may also come after its response.
        .on("error", reject)
        .end(body);
    });
  } catch (error) {
    if (error instanceof PostFailure) throw error;
    throw new PostFailure(signal.aborted ? "timed-out" : "unreachable", error);
  }
}

function guardedLookup({ lookup, permits }: Network): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? new PostFailure("unreachable"), []);
      if (!addresses.every(({ address }) => permits(address))) return callback(new PostFailure("address-refused"), []);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
}
