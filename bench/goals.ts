import { table, written } from "./report.ts";
import type { Summary } from "./statistics.ts";

/** What a figure may be at most, or at least. */
export interface Goal {
  readonly what: string;
  readonly unit: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** A measured median with its quartiles, or what is the same in each run. */
export type Figure = Summary | number;

/** What `connect` and the client are to take on two idle cores. `×` is times the empty function, or `node -e 0`. */
export const goals = {
  firstResponse: { what: "first response", unit: "×", atMost: 6.5 },
  firstResponseCpu: { what: "own CPU until then", unit: "×", atMost: 7.5 },
  warmCpu: { what: "own CPU per request after 500, one at a time", unit: "ms", atMost: 4 },
  perCore: { what: "8 in flight: requests a second of own CPU", unit: "/s", atLeast: 400 },
  p99: { what: "8 in flight: 99 % respond within", unit: "ms", atMost: 60 },
  memory: { what: "memory after 5,000 requests", unit: "MB", atMost: 150 },
  decision10: { what: "a decision with 10 policies", unit: "ms", atMost: 0.25 },
  decision100: { what: "a decision with 100 policies", unit: "ms", atMost: 0.4 },
  decision1000: { what: "a decision with 1,000 policies", unit: "ms", atMost: 3 },
  bundle: { what: "bundle of connect, without Cedar's module and bytecode", unit: "kB", atMost: 450 },
  ssh: { what: "latchkey ssh until ssh runs", unit: "×", atMost: 1.8 },
  tunnel: { what: "latchkey ssh until the tunnel is open", unit: "×", atMost: 3.2 },
} as const satisfies Readonly<Record<string, Goal>>;

export type Figures = Readonly<Record<keyof typeof goals, Figure>>;

/** Each goal beside what was measured. The median decides. */
export function goalsTable(figures: Figures): string {
  const rows = Object.entries<Goal>(goals).map(([name, goal]) => {
    const figure = figures[name as keyof Figures];
    const measured = typeof figure === "number" ? `${figure} ${goal.unit}` : written(figure, goal.unit);
    const bound = goal.atMost === undefined ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`;
    return [goal.what, measured, `${bound} ${goal.unit}`, isMet(goal, figure) ? "met" : "not met"];
  });
  return table([["", "measured", "goal", ""], ...rows]);
}

export function isMet(
  { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }: Goal,
  figure: Figure,
): boolean {
  const value = typeof figure === "number" ? figure : figure.median;
  return value <= atMost && value >= atLeast;
}
