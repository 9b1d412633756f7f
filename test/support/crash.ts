import type { ConnectPorts } from "../../lambda/connect/ports.ts";

/** Whether the call in which a function stops had an effect. */
export type Crash = "before it is applied" | "after it is applied";

/**
 * Ports whose k-th call (from 1) never returns, as if the function's process ended there. Calls beside it continue.
 *
 * @returns `calls`: how many there were.
 */
export function crashingPorts(ports: ConnectPorts, k: number, crash: Crash) {
  let calls = 0;
  const never = new Promise<never>(() => {});
  const crashing = withEachCall(ports, (call) => {
    calls += 1;
    if (calls !== k) return call();
    if (crash === "after it is applied") call().catch(() => {});
    return never;
  });
  return { ports: crashing, calls: () => calls };
}

/** Ports whose calls, in all groups, go through `around`. */
export function withEachCall(
  ports: ConnectPorts,
  around: (call: () => Promise<unknown>) => Promise<unknown>,
): ConnectPorts {
  const groups = Object.entries(ports).map(([name, group]) => {
    // A count changes nothing of the connection.
    if (["policy", "osUsers", "quota"].includes(name)) return [name, group];
    const methods = Object.entries(group).map(([method, port]) => {
      if (typeof port !== "function") throw new Error(`${name}.${method} is not a method`);
      return [method, (...given: unknown[]) => around(() => Reflect.apply(port, group, given))];
    });
    return [name, Object.fromEntries(methods)];
  });
  return Object.fromEntries(groups);
}

/** Lets all pending work run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
