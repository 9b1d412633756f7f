import type { ConnectionState } from "../../lambda/connect/connection-state.ts";

/** The connections' items, with the conditions of the real writes. Throws if one does not hold. */
export class FakeConnectionTable {
  readonly #items = new Map<string, ConnectionState>();
  /** Every written state, in order. */
  readonly written: { readonly connectionId: string; readonly state: ConnectionState }[] = [];

  get items(): readonly (readonly [connectionId: string, state: ConnectionState])[] {
    return [...this.#items];
  }

  write(connectionId: string, state: ConnectionState): void {
    const stored = this.#items.get(connectionId);
    const follows = state.status === "intended" ? ["pushed", "failed"] : ["intended"];
    const holds =
      state.sequence === 1
        ? stored === undefined
        : stored?.sequence === state.sequence - 1 && follows.includes(stored.status);
    if (!holds) throw new Error(`${state.status} ${state.sequence} does not follow ${stored?.status ?? "nothing"}`);
    this.#items.set(connectionId, state);
    this.written.push({ connectionId, state });
  }
}
