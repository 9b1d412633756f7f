import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { listen, type RunningServer } from "../../local/shared/loopback-server.ts";

type Part = Readonly<Record<string, unknown>> | string | Buffer;

const encode = (part: Part) =>
  Buffer.from(Buffer.isBuffer(part) ? part : typeof part === "string" ? part : JSON.stringify(part)).toString(
    "base64url",
  );

/** A key of an issuer's set. */
export class SigningKey {
  readonly #pair;
  readonly kid: string;
  readonly #alg: "ES256" | "RS256";

  constructor(kid: string, alg: "ES256" | "RS256" = "ES256") {
    this.kid = kid;
    this.#alg = alg;
    this.#pair =
      alg === "ES256"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : generateKeyPairSync("rsa", { modulusLength: 2048 });
  }

  get publicKey(): KeyObject {
    return this.#pair.publicKey;
  }

  /** The public key, as the issuer publishes it. */
  get jwk(): Record<string, unknown> {
    return { ...this.#pair.publicKey.export({ format: "jwk" }), kid: this.kid, use: "sig" };
  }

  /** @param header and claims as objects, or as the text or bytes of JSON. */
  sign(claims: Part, header: Part = { alg: this.#alg, kid: this.kid, typ: "at+jwt" }): string {
    const input = `${encode(header)}.${encode(claims)}`;
    const signature = sign("sha256", Buffer.from(input), { key: this.#pair.privateKey, dsaEncoding: "ieee-p1363" });
    return `${input}.${encode(signature)}`;
  }
}

/** A token with any signature. */
export const tokenOf = (header: Part, claims: Part, signature: (input: string) => Buffer): string => {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${encode(signature(input))}`;
};

/** An issuer's server, with one address for its keys. */
export class TokenIssuer {
  keys: readonly Record<string, unknown>[];
  /** How often the keys were asked for. */
  fetches = 0;
  /** Responds instead of the keys. */
  respond: RequestListener | undefined;
  #server: RunningServer | undefined;
  #scheme = "http";

  constructor(...keys: readonly SigningKey[]) {
    this.keys = keys.map(({ jwk }) => jwk);
  }

  /** @param tls has it speak TLS. In PEM. */
  async start(tls?: { readonly key: string; readonly cert: string }): Promise<void> {
    const onRequest: RequestListener = (request, response) => {
      this.fetches += 1;
      if (this.respond) return this.respond(request, response);
      response.setHeader("Content-Type", "application/json").end(JSON.stringify({ keys: this.keys }));
    };
    if (tls) this.#scheme = "https";
    this.#server = await listen(tls ? createTlsServer(tls, onRequest) : createServer(onRequest), 0);
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.#server?.port}`;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
