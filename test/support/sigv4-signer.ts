import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";

/** A request, and the credentials and scope to sign it with. */
export interface RequestToSign {
  readonly method: string;
  readonly url: string | URL;
  /** Without host, which the URL provides. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Signing name, such as `execute-api`. */
  readonly service: string;
  readonly region: string;
  readonly now: Date;
}

/** Signs as the AWS SDK does. @returns all headers to send, lower-case: the given ones, host and those of the signature */
export async function signRequest(request: RequestToSign): Promise<Record<string, string>> {
  const signed = await signerOf(request).sign(unsigned(request), { signingDate: request.now });
  return signed.headers;
}

/** Presigns as the AWS SDK does, for `expiresIn` seconds. @returns the URL to request, with host as its only header */
export async function presignUrl(request: RequestToSign & { readonly expiresIn: number }): Promise<string> {
  const { now: signingDate, expiresIn } = request;
  const { query } = await signerOf(request).presign(unsigned(request), { signingDate, expiresIn });
  const url = new URL(request.url);
  url.search = Object.entries(query ?? {})
    .flatMap(([name, values]) =>
      [values ?? ""].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
    )
    .join("&");
  return url.href;
}

const signerOf = ({ accessKeyId, secretAccessKey, sessionToken, region, service }: RequestToSign) =>
  new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    region,
    service,
    sha256: Sha256,
  });

function unsigned({ method, url, headers, body }: RequestToSign) {
  const { protocol, hostname, host, pathname, searchParams } = new URL(url);
  const query: Record<string, string[]> = {};
  for (const [name, value] of searchParams) query[name] = [...(query[name] ?? []), value];
  return { method, protocol, hostname, path: pathname, query, headers: { ...headers, host }, body };
}

/** node:crypto in the form the signer asks for: a hash, or with a secret an HMAC. */
export class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret instanceof ArrayBuffer ? new Uint8Array(secret) : secret;
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", key as string | Uint8Array);
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(data instanceof ArrayBuffer ? new Uint8Array(data) : (data as string | Uint8Array));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}
