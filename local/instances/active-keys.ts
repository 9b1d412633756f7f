/** A pushed key stays in instance metadata this long, in milliseconds: EC2 Instance Connect's own sixty seconds. */
const lifetime = 60_000;

/** Who has pushed a key and by which request, as the instance's agent writes it to the host's log. */
export interface PushOrigin {
  /** An ARN. */
  readonly caller: string;
  readonly requestId: string;
}

export interface ActiveKey {
  readonly instanceId: string;
  readonly osUser: string;
  /** `<algorithm> <base64>` */
  readonly keyLine: string;
  /** The key in SSH's wire format: what the base64 of a key line stands for. */
  readonly keyBlob: Buffer;
  readonly expiresAt: Date;
  readonly origin: PushOrigin | undefined;
}

/** What instance metadata holds for the instances' SSH servers: the keys pushed for each OS user, and until when. */
export class ActiveKeys {
  readonly #clock: () => Date;
  #keys: ActiveKey[] = [];

  /** @param clock the instances' own clock, by which keys expire */
  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  /**
   * Publishes a key for one OS user of one instance, beside those already there.
   *
   * @param keyLine exactly `<algorithm> <base64>`: no comment, no options, no line break
   * @param origin left out, nobody learns it
   * @returns when the key expires: sixty seconds on
   * @throws Error if the line is anything else. The caller has checked it, so this is a bug of the local stack.
   */
  push(instanceId: string, osUser: string, keyLine: string, origin?: PushOrigin): Date {
    const base64 = /^ssh-[a-z0-9-]+ ([A-Za-z0-9+/]+={0,2})$/.exec(keyLine)?.[1];
    if (base64 === undefined) throw new Error(`Not a key line "<algorithm> <base64>": ${JSON.stringify(keyLine)}`);

    const expiresAt = new Date(this.#clock().getTime() + lifetime);
    this.#forgetExpired();
    this.#keys.push({ instanceId, osUser, keyLine, keyBlob: Buffer.from(base64, "base64"), expiresAt, origin });
    return expiresAt;
  }

  /** Whether this key, in SSH's wire format, may log in to this instance as this OS user now. */
  has(instanceId: string, osUser: string, keyBlob: Buffer): boolean {
    return this.list(instanceId, osUser).some((key) => key.keyBlob.equals(keyBlob));
  }

  /** The keys that may log in to this instance as this OS user now, in the order of their pushes. */
  list(instanceId: string, osUser: string): readonly ActiveKey[] {
    this.#forgetExpired();
    return this.#keys.filter((key) => key.instanceId === instanceId && key.osUser === osUser);
  }

  #forgetExpired(): void {
    const now = this.#clock();
    this.#keys = this.#keys.filter((key) => now < key.expiresAt);
  }
}
