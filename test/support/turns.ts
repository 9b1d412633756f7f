import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as afterIo } from "node:timers/promises";

/** One of several operations that run together. */
interface Operation {
  readonly number: number;
  /** Calls that wait for their turn, in the order in which they came. */
  readonly waiting: (() => void)[];
  /** Calls whose turn it is. */
  inFlight: number;
  isOver: boolean;
}

/** Where several wait, which one goes next: 0 is the first, and so is whatever is a multiple of their number. */
export type Choose = () => number;

const current = new AsyncLocalStorage<Operation>();

/** The operation on whose behalf something happens. */
export const operationNumber = (): number | undefined => current.getStore()?.number;

/**
 * Lets operations run together, and decides whose call to the outside goes next. With `choose` one call is made at a time,
 * when every operation waits for its turn: so the same choices give the same history again, in whatever time the calls take,
 * and every order of calls can be had. Without it calls go at once, and are in flight together.
 */
export class Turns {
  readonly #choose: Choose | undefined;
  #operations: readonly Operation[] = [];
  #isChoosing = false;

  constructor(choose: Choose | undefined) {
    this.#choose = choose;
  }

  /** @returns when all have ended, or stopped. An operation must not reject. */
  async runTogether(operations: readonly { readonly number: number; run(): Promise<void> }[]): Promise<void> {
    const started = operations.map(({ number, run }) => ({ number, run, waiting: [], inFlight: 0, isOver: false }));
    this.#operations = started;
    await new Promise<void>((resolve) => {
      const checkEnd = () => {
        if (this.#operations.every(({ isOver }) => isOver)) resolve();
        else this.#chooseNext();
      };
      for (const operation of started) {
        const end = () => {
          operation.isOver = true;
          checkEnd();
        };
        this.#ends.set(operation, end);
        current.run(operation, operation.run).then(end, end);
      }
      checkEnd();
    });
  }

  readonly #ends = new WeakMap<Operation, () => void>();

  /** Makes a call when it is its turn. Outside of operations it is made at once. */
  async take<Result>(call: () => Promise<Result>): Promise<Result> {
    const operation = current.getStore();
    if (operation && this.#choose) {
      await new Promise<void>((resolve) => {
        operation.waiting.push(resolve);
        this.#chooseNext();
      });
    }
    if (!operation) return call();
    if (operation.isOver) return forever();
    operation.inFlight += 1;
    try {
      return await call();
    } finally {
      operation.inFlight -= 1;
      this.#chooseNext();
    }
  }

  /** Ends the running operation where it stands, as a crash does: nothing that it waits for ever comes. */
  stop(): Promise<never> {
    const operation = current.getStore();
    if (operation) this.#ends.get(operation)?.();
    return forever();
  }

  #chooseNext(): void {
    if (!this.#choose || this.#isChoosing) return;
    this.#isChoosing = true;
    // What has just been answered may ask for more before it waits.
    void afterIo().then(() => {
      this.#isChoosing = false;
      const running = this.#operations.filter(({ isOver }) => !isOver);
      const allWait = running.every(({ waiting, inFlight }) => waiting.length > 0 && inFlight === 0);
      if (running.length === 0 || !allWait) return;
      const chosen = running.length === 1 ? running[0] : running[(this.#choose?.() ?? 0) % running.length];
      chosen?.waiting.shift()?.();
    });
  }
}

const forever = () => new Promise<never>(() => {});
