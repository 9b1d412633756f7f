import type { ConnectPorts } from "../../lambda/connect/ports.ts";

/** What has become of the call in which a function stops. */
export type Crash = "before it is applied" | "after it is applied";

/**
 * Ports whose k-th call (from 1) never returns, as when the function's process ends there. What runs beside it goes on.
 *
 * @returns `calls`: how many there were.
 */
export function crashingPorts(ports: ConnectPorts, k: number, crash: Crash) {
  let calls = 0;
  const never = new Promise<never>(() => {});
  const crashing = new Proxy(ports, {
    get(target, name) {
      const port: unknown = Reflect.get(target, name);
      if (typeof port !== "function" || name === "clock") return port;
      return (...given: unknown[]) => {
        calls += 1;
        if (calls !== k) return Reflect.apply(port, target, given);
        if (crash === "after it is applied") Reflect.apply(port, target, given).catch(() => {});
        return never;
      };
    },
  });
  return { ports: crashing, calls: () => calls };
}

/** Lets everything run that can. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
