/** The key that a connection is asked for with, and how ssh gets at its private half. */
export interface Identity {
  /** `<algorithm> <base64>`. */
  readonly publicKey: string;
  /** ssh's options for it: `-i`, `-o IdentityAgent=…`. scp and sftp take the same. */
  readonly sshOptions: readonly string[];
  /** What ssh has made of it so far; undefined if another program signs. */
  readonly uses: IdentityUses | undefined;
  /** The file that was made for its private half, if one was needed. */
  readonly keyFile?: string;
  /** Removes everything that was made for it: sockets, files, directories. May be called again. */
  dispose(): Promise<void>;
}

/** Enough to know, after ssh has failed, how far it came. */
export interface IdentityUses {
  /** How often the agent was asked for its keys: ssh does that once it has accepted the host's key. */
  readonly looks: number;
  /** How often the key has signed: ssh asks for that once the server would take the key. */
  readonly signatures: number;
}
