export interface Stoppable {
  stop(): Promise<void>;
}

/** Everything that was started, to be stopped in reverse order. */
export class RunningParts {
  readonly #parts: Stoppable[] = [];

  keep<T extends Stoppable>(part: T): T {
    this.#parts.push(part);
    return part;
  }

  async stop(): Promise<void> {
    for (const part of this.#parts.splice(0).reverse()) await part.stop();
  }
}
