import type { Latchkey } from "../sdk/latchkey.ts";
import type { AwsCredentials } from "../sdk/sigv4.ts";
import type { Transport } from "../sdk/transport.ts";
import type { Connection } from "../sdk/types.ts";

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the checks need. */
export interface SmokeWorld {
  /** The API's, without a slash at its end. */
  readonly url: string;
  /** The API's. */
  readonly region: string;
  readonly api: Pick<Latchkey, "call">;
  /** For requests that the API must refuse, and for IAM. */
  readonly transport: Transport;
  readonly credentials: () => Promise<AwsCredentials>;
  /** IAM's endpoint; undefined for the local stack, which has none. */
  readonly iamUrl: string | undefined;
  /** The id or name of the instance to log in to, if one was named. */
  readonly instance: string | undefined;
  readonly publicKey: string;
  /** Runs a command on an instance, by ssh and with the private key. */
  readonly logIn: (connection: Connection, command: string) => Promise<CommandResult>;
  /**
   * The first line that comes through a tunnel.
   *
   * @param origin sends this Origin, and offers compression, as a browser does.
   */
  readonly bannerThrough: (secretUrl: string, origin?: string) => Promise<string>;
  readonly clock: () => Date;
  /** @param time in milliseconds. */
  readonly pause: (time: number) => Promise<void>;
}
