import type { DropCause } from "./session-state.ts";

/** Milliseconds without a word of the host, after which it is asked for one. */
const interval = 15_000;
/** Milliseconds that the host has for its response. */
const patience = 10_000;
/** The same after a gap: who returns to a terminal does not wait long. */
const shortPatience = 5_000;
/** Milliseconds between two ticks that are one second apart, by which a late one is told. */
const gap = 5_000;
/** Milliseconds: browsers wake a page in the background once a minute. A machine that slept is later than that. */
const sleep = 90_000;

interface HeartbeatOptions {
  /** Resolves when the host responds, rejects if it is known that it cannot. */
  readonly ping: () => Promise<void>;
  readonly onLost: (cause: DropCause) => void;
}

/** Tells whether the host still responds. It has no clock: it is told the time about once a second, and late after a sleep. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #last: number;
  #heard: number;
  /** When the host was asked, and how long it has. */
  #asked: { readonly at: number; readonly patience: number } | undefined;
  #hasSlept = false;
  #isOver = false;

  constructor(options: HeartbeatOptions, at: number) {
    this.#options = options;
    this.#last = at;
    this.#heard = at;
  }

  tick(at: number): void {
    const passed = at - this.#last;
    this.#last = at;
    if (this.#isOver) return;
    if (passed > sleep) this.#hasSlept = true;
    if (passed > gap) {
      // What was asked before a gap may have been answered in it.
      this.#ask(at, shortPatience);
    } else if (this.#asked === undefined) {
      if (at - this.#heard >= interval) this.#ask(at, patience);
    } else if (at - this.#asked.at >= this.#asked.patience) {
      this.#lose(this.#hasSlept ? "slept" : "silent");
    }
  }

  /** Asks now: the page is shown again, or the network is back. */
  check(at: number): void {
    if (!this.#isOver && this.#asked === undefined) this.#ask(at, shortPatience);
  }

  #ask(at: number, allowed: number): void {
    this.#asked = { at, patience: allowed };
    this.#options.ping().then(
      () => {
        this.#asked = undefined;
        this.#heard = this.#last;
        this.#hasSlept = false;
      },
      () => this.#lose(this.#hasSlept ? "slept" : "closed"),
    );
  }

  #lose(cause: DropCause): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onLost(cause);
  }
}
