import type { AttendedTable, Item, TableCall } from "../support/attended-table.ts";
import { operationNumber, Turns } from "../support/turns.ts";
import type { InjectedFault, Operation, Team } from "./access-history.ts";

/** What happened outside the operations. */
export type Happening = {
  /** The operation's number, and what the clock said. */
  readonly operation: number;
  readonly now: number;
} & (
  | { readonly what: "read" | "refused" | "moved" }
  | { readonly what: "wrote"; readonly key: { readonly pk: string; readonly sk: string }; readonly item: Item }
  | { readonly what: "pushed"; readonly pushBy: number }
  | { readonly what: "tagged"; readonly team: Team }
);

/** Moments are milliseconds since 1970. */
export const beginning = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

export const firstTeam: Team = "web";

/** The clock, whose turn it is, and everything that happens, in order. */
export class Journal {
  readonly happenings: Happening[] = [];
  readonly turns: Turns;
  now = beginning;
  /** A tag of the instance on prod. */
  team: Team = firstTeam;
  /** How often one of several operations was chosen. */
  choicesMade = 0;
  readonly #isInTurn: boolean;
  readonly #calls = new Map<number, number>();
  #lastWrite: Promise<unknown> = Promise.resolve();

  /** @param choices who goes next, call by call. Without it, calls run concurrently. */
  constructor(choices: readonly number[] | undefined) {
    this.#isInTurn = choices !== undefined;
    this.turns = new Turns(choices && (() => choices[this.choicesMade++] ?? 0));
  }

  clock = (): Date => new Date(this.now);

  note(operation: number, what: "read" | "refused" | "moved"): void {
    this.happenings.push({ operation, now: this.now, what });
  }

  /** Records every call to the table that an operation makes. */
  attend(table: AttendedTable, operationOf: (number: number) => Operation | undefined): void {
    table.attend((call) => {
      const number = operationNumber();
      if (number === undefined) return call.send();
      const count = (this.#calls.get(number) ?? 0) + 1;
      this.#calls.set(number, count);
      const fault = faultAt(operationOf(number), count);
      return this.turns.take(() => this.#send(number, call, fault));
    });
  }

  async #send(operation: number, call: TableCall, fault: InjectedFault["kind"] | undefined): Promise<void> {
    if (fault === "crash before") await this.turns.stop();
    await (call.key ? this.#inOrder(() => this.#record(operation, call)) : this.#record(operation, call));
    if (fault === "crash after") await this.turns.stop();
    if (fault === "response lost") throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
  }

  async #record(operation: number, { key, send, readItem }: TableCall): Promise<void> {
    try {
      await send();
    } catch (error) {
      this.note(operation, "refused");
      throw error;
    }
    if (key) this.happenings.push({ operation, now: this.now, what: "wrote", key, item: await readItem() });
    else this.note(operation, "read");
  }

  /** Runs concurrent writes one after another: otherwise their order would be unknown. */
  #inOrder(write: () => Promise<void>): Promise<void> {
    if (this.#isInTurn) return write();
    const written = this.#lastWrite.then(write);
    this.#lastWrite = written.catch(() => {});
    return written;
  }
}

function faultAt(operation: Operation | undefined, call: number): InjectedFault["kind"] | undefined {
  const fault = operation && "fault" in operation ? operation.fault : undefined;
  return fault?.call === call ? fault.kind : undefined;
}

/** The ids of all access requests, in the order of their creation. */
export function idsIn(happenings: readonly Happening[]): readonly string[] {
  const ids = happenings.flatMap((each) =>
    each.what === "wrote" && each.key.pk.startsWith("access#") ? [String(each.item["id"])] : [],
  );
  return [...new Set(ids)];
}
