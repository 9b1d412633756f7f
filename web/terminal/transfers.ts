import { type Signal, signal } from "@preact/signals";
import type { Requests } from "../sftp/requests.ts";
import { download, upload } from "../sftp/sftp.ts";
import { SftpError } from "../sftp/sftp-error.ts";

/** One file on its way, or arrived. */
export interface Transfer {
  readonly number: number;
  readonly direction: "upload" | "download";
  readonly name: string;
  readonly state: Signal<TransferState>;
  cancel(): void;
}

export type TransferState =
  | { readonly is: "running"; readonly bytes: number }
  | { readonly is: "done" }
  | { readonly is: "cancelled" }
  | { readonly is: "failed"; readonly error: unknown };

interface TransfersOptions {
  /** Opens SFTP in the session that a terminal has now. */
  readonly open: () => Promise<Requests>;
  /** Has the browser save a file. */
  readonly save: (name: string, content: Blob) => void;
}

/** The files that go to and from one terminal's host. */
export class Transfers {
  readonly list = signal<readonly Transfer[]>([]);
  readonly #options: TransfersOptions;
  #opened: Promise<Requests> | undefined;
  #last = 0;

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  /** To the directory in which SFTP starts: the OS user's home. Nothing is overwritten. */
  upload(file: File): Promise<void> {
    return this.#run("upload", file.name, (requests, options) => upload(requests, file.name, file, options));
  }

  /** @param path as the host has it; relative to the OS user's home */
  download(path: string): Promise<void> {
    const name = path.split("/").at(-1) || "file";
    return this.#run("download", name, async (requests, options) => {
      this.#options.save(name, await download(requests, path, options));
    });
  }

  /** To be called when the terminal gets another session: that has an SFTP of its own. */
  forgetSession(): void {
    this.#opened = undefined;
  }

  async #run(
    direction: Transfer["direction"],
    name: string,
    transfer: (requests: Requests, options: Parameters<typeof download>[2]) => Promise<void>,
  ): Promise<void> {
    const control = new AbortController();
    const { signal: given } = control;
    const state = signal<TransferState>({ is: "running", bytes: 0 });
    this.#last++;
    const cancel = () => control.abort();
    this.list.value = [...this.list.value, { number: this.#last, direction, name, state, cancel }];
    const onProgress = (bytes: number) => {
      if (state.peek().is === "running") state.value = { is: "running", bytes };
    };
    try {
      await transfer(await this.#requests(), { signal: given, onProgress });
      state.value = { is: "done" };
    } catch (error) {
      state.value = given.aborted ? { is: "cancelled" } : { is: "failed", error };
      // The next one opens SFTP again: there may be another session by then.
      if (error instanceof SftpError && ["lost", "protocol", "no-sftp"].includes(error.code)) this.#opened = undefined;
    }
  }

  #requests(): Promise<Requests> {
    this.#opened ??= this.#options.open();
    return this.#opened;
  }
}
