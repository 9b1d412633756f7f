import { ChannelRequestMessage, ChannelRequestType, type SshDataWriter } from "@microsoft/dev-tunnels-ssh";

/** In characters. */
export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** RFC 4254 §6.2: a terminal for the program to run. */
export class PtyRequest extends ChannelRequestMessage {
  readonly #size: WindowSize;

  constructor(size: WindowSize) {
    super(ChannelRequestType.terminal, true);
    this.#size = size;
  }

  protected override onWrite(writer: SshDataWriter): void {
    super.onWrite(writer);
    writer.writeString("xterm-256color", "ascii");
    writeSize(writer, this.#size);
    writer.writeString("\0", "ascii"); // TTY_OP_END: the host's own modes
  }
}

/** RFC 4254 §6.7 */
export class WindowChange extends ChannelRequestMessage {
  readonly #size: WindowSize;

  constructor(size: WindowSize) {
    super("window-change", false);
    this.#size = size;
  }

  protected override onWrite(writer: SshDataWriter): void {
    super.onWrite(writer);
    writeSize(writer, this.#size);
  }
}

/** RFC 4254 §6.5: a program that the host names, such as `sftp`. */
export class SubsystemRequest extends ChannelRequestMessage {
  readonly #name: string;

  constructor(name: string) {
    super("subsystem", true);
    this.#name = name;
  }

  protected override onWrite(writer: SshDataWriter): void {
    super.onWrite(writer);
    writer.writeString(this.#name, "ascii");
  }
}

function writeSize(writer: SshDataWriter, { columns, rows }: WindowSize): void {
  for (const value of [columns, rows, 0, 0]) writer.writeUInt32(value); // 0: the size in pixels is not said
}
