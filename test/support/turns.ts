import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as afterIo } from "node:timers/promises";

/** One of several concurrent operations. */
interface Operation {
  readonly number: number;
  /** Calls that wait for their turn, in the order of arrival. */
  readonly waiting: (() => void)[];
  /** Calls whose turn it is. */
  inFlight: number;
  hasEnded: boolean;
}

/** Chooses who goes next when several operations wait: 0 is the first. The choice is taken modulo their number. */
export type Choose = () => number;

const current = new AsyncLocalStorage<Operation>();

/** The number of the current operation. */
export const operationNumber = (): number | undefined => current.getStore()?.number;

/**
 * Runs operations concurrently, and decides whose external call goes next. With `choose`, one call is made at a time, once
 * every operation waits for its turn. Thus the same choices give the same history however long the calls take, and every
 * order of calls is possible. Without `choose`, calls are made at once and are in flight at the same time.
 */
export class Turns {
  readonly #choose: Choose | undefined;
  #operations: readonly Operation[] = [];
  #isChoosing = false;

  constructor(choose: Choose | undefined) {
    this.#choose = choose;
  }

  /** Resolves when all operations have ended or stopped. An operation must not reject. */
  async runTogether(operations: readonly { readonly number: number; run(): Promise<void> }[]): Promise<void> {
    const started = operations.map(({ number, run }) => ({ number, run, waiting: [], inFlight: 0, hasEnded: false }));
    this.#operations = started;
    await new Promise<void>((resolve) => {
      const checkEnd = () => {
        if (this.#operations.every(({ hasEnded }) => hasEnded)) resolve();
        else this.#chooseNext();
      };
      for (const operation of started) {
        const end = () => {
          operation.hasEnded = true;
          checkEnd();
        };
        this.#ends.set(operation, end);
        current.run(operation, operation.run).then(end, end);
      }
      checkEnd();
    });
  }

  readonly #ends = new WeakMap<Operation, () => void>();

  /** Makes a call when its turn comes, or at once outside operations. */
  async take<Result>(call: () => Promise<Result>): Promise<Result> {
    const operation = current.getStore();
    if (operation && this.#choose) {
      await new Promise<void>((resolve) => {
        operation.waiting.push(resolve);
        this.#chooseNext();
      });
    }
    if (!operation) return call();
    if (operation.hasEnded) return forever();
    operation.inFlight += 1;
    try {
      return await call();
    } finally {
      operation.inFlight -= 1;
      this.#chooseNext();
    }
  }

  /** Stops the current operation as a crash does: nothing that it awaits ever settles. */
  stop(): Promise<never> {
    const operation = current.getStore();
    if (operation) this.#ends.get(operation)?.();
    return forever();
  }

  #chooseNext(): void {
    if (!this.#choose || this.#isChoosing) return;
    this.#isChoosing = true;
    // A call that has just resolved may lead to another one before its operation waits.
    void afterIo().then(() => {
      this.#isChoosing = false;
      const running = this.#operations.filter(({ hasEnded }) => !hasEnded);
      const allWait = running.every(({ waiting, inFlight }) => waiting.length > 0 && inFlight === 0);
      if (running.length === 0 || !allWait) return;
      const chosen = running.length === 1 ? running[0] : running[(this.#choose?.() ?? 0) % running.length];
      chosen?.waiting.shift()?.();
    });
  }
}

const forever = () => new Promise<never>(() => {});
