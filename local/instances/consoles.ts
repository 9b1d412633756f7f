/** What a console shows, as EC2 has it. */
export interface Console {
  /** One character a byte. */
  readonly text: string;
  /** Undefined: it never showed anything. */
  readonly updatedAt: Date | undefined;
}

/** Bytes that EC2 keeps of a console. */
const kept = 64 * 1024;

/** The consoles of a fleet's instances. */
export class Consoles {
  readonly #consoles = new Map<string, Console>();
  readonly #clock: () => Date;

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  read(instanceId: string): Console {
    return this.#consoles.get(instanceId) ?? { text: "", updatedAt: undefined };
  }

  /** Adds to what the instance's console shows. */
  write(instanceId: string, text: string): void {
    this.replace(instanceId, this.read(instanceId).text + text);
  }

  /** From now on the console shows this, and nothing from before. */
  replace(instanceId: string, text: string): void {
    this.#consoles.set(instanceId, { text: text.slice(-kept), updatedAt: this.#clock() });
  }
}
