import { SshChannelOpenFailureReason, SshClientSession, type SshMessage } from "@microsoft/dev-tunnels-ssh";
import { latin1Of } from "../../ssh-format/bytes.ts";

// RFC 4253 §12
const keyExchangeInit = 20;
const keyExchangeReply = 31;

/** What the library keeps to itself, and needs to answer a host that asks for new keys. */
interface Internals {
  readonly protocol?: { considerReExchange(isFirst: boolean): Promise<void> };
  readonly kexService: { readonly exchanging: boolean } | null;
}

/** RFC 4253 §8 */
interface KeyExchangeReply extends SshMessage {
  readonly hostKey: Uint8Array;
}

/** The library's session, for hosts that it does not expect. */
export class ClientSession extends SshClientSession {
  /** The bytes of the host's key, as the host sent and signed them. The library would encode them again. */
  hostKey: Uint8Array | undefined;

  /** A host opens no channels here: no agent, display or port is offered. */
  static refusingChannels(...args: ConstructorParameters<typeof SshClientSession>): ClientSession {
    const session = new ClientSession(...args);
    session.onChannelOpening((opening) => {
      if (opening.isRemoteRequest) opening.failureReason = SshChannelOpenFailureReason.administrativelyProhibited;
    });
    return session;
  }

  /** The library replies to a key exchange only if it started it. A host with `RekeyLimit` starts one too. */
  protected override async handleMessage(message: SshMessage): Promise<void> {
    const { protocol, kexService } = this as unknown as Internals;
    if (message.messageType === keyExchangeInit && !kexService?.exchanging) await protocol?.considerReExchange(true);
    if (message.messageType === keyExchangeReply) this.#keepHostKey((message as KeyExchangeReply).hostKey);
    await super.handleMessage(message);
  }

  /** The key that was accepted holds for the whole session. The library would take another one with each exchange. */
  #keepHostKey(shown: Uint8Array): void {
    this.hostKey ??= Uint8Array.from(shown);
    if (latin1Of(this.hostKey) !== latin1Of(shown)) throw new Error("the host shows another key than before");
  }
}
