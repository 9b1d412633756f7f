import { type KeyPair, PublicKeyAlgorithm, type Signer, type Verifier } from "@microsoft/dev-tunnels-ssh";
import { encodeBase64 } from "../../ssh-format/base64.ts";
import { concatBytes, latin1Of } from "../../ssh-format/bytes.ts";
import { sshString, unlessCutShort, WireReader } from "../../ssh-format/ssh-wire.ts";

const name = "ssh-ed25519";
const signatureBytes = 64; // RFC 8709 §6

/** `CryptoKey`, in browsers and in Node. */
type WebKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

interface WebKeyPair {
  readonly privateKey: WebKey;
  readonly publicKey: WebKey;
}

/** The key of one connection. WebCrypto keeps the private half: no script can read it, this one included. */
export class Ed25519Key implements KeyPair {
  readonly keyAlgorithmName = name;
  comment: string | null = null;
  #privateKey: WebKey | undefined;
  #publicKey: WebKey | undefined;
  #point = new Uint8Array();

  get hasPublicKey(): boolean {
    return this.#publicKey !== undefined;
  }

  get hasPrivateKey(): boolean {
    return this.#privateKey !== undefined;
  }

  /** The public half, `ssh-ed25519 <base64>`. */
  get line(): string {
    return `${name} ${encodeBase64(this.#blob())}`;
  }

  async generate(): Promise<void> {
    const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as WebKeyPair;
    this.#privateKey = pair.privateKey;
    this.#publicKey = pair.publicKey;
    this.#point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  }

  /** @throws Error if the bytes are not exactly one Ed25519 key. */
  async setPublicKeyBytes(blob: Uint8Array): Promise<void> {
    const [type, point, ...rest] = unlessCutShort(() => new WireReader(blob).strings()) ?? [];
    if (!type || !point || latin1Of(type) !== name || rest.length > 0) throw new Error("not an Ed25519 key");
    this.#point = Uint8Array.from(point);
    this.#publicKey = await crypto.subtle.importKey("raw", Uint8Array.from(point), "Ed25519", true, ["verify"]);
  }

  async getPublicKeyBytes(): Promise<Buffer> {
    return Buffer.from(this.#blob());
  }

  async sign(data: Uint8Array): Promise<Buffer> {
    if (this.#privateKey === undefined) throw new Error("there is no private key");
    return Buffer.from(await crypto.subtle.sign("Ed25519", this.#privateKey, Uint8Array.from(data)));
  }

  async verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    if (this.#publicKey === undefined) return false;
    return crypto.subtle.verify("Ed25519", this.#publicKey, Uint8Array.from(signature), Uint8Array.from(data));
  }

  /** What the library offers for other keys. This one has no parameters to give. */
  importParameters(): Promise<never> {
    return Promise.reject(new Error("an Ed25519 key has no parameters"));
  }

  exportParameters(): Promise<never> {
    return this.importParameters();
  }

  dispose(): void {}

  #blob(): Uint8Array {
    return concatBytes(sshString(name), sshString(this.#point));
  }
}

/** RFC 8709, which the library does not have. */
export class Ed25519 extends PublicKeyAlgorithm {
  constructor() {
    super(name, name, "SHA2-512");
  }

  override createKeyPair(): Ed25519Key {
    return new Ed25519Key();
  }

  override async generateKeyPair(): Promise<Ed25519Key> {
    const key = new Ed25519Key();
    await key.generate();
    return key;
  }

  override createSigner(key: KeyPair): Signer {
    return { digestLength: signatureBytes, sign: (data) => (key as Ed25519Key).sign(data), dispose() {} };
  }

  override createVerifier(key: KeyPair): Verifier {
    const verify = (data: Buffer, signature: Buffer) => (key as Ed25519Key).verify(data, signature);
    return { digestLength: signatureBytes, verify, dispose() {} };
  }
}
