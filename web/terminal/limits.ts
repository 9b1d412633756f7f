import type { SessionState } from "./session-state.ts";

/** What runs out, in seconds from now. */
export interface Limit {
  readonly name: string;
  readonly seconds: number;
}

/** Seconds: of a tunnel that lasts longer there is nothing to say yet. */
const soon = 600;

/** The key's minute until it is used; then what is left of the access, and of the tunnel when that ends soon. */
export function limitsOf(state: SessionState, at: number): readonly Limit[] {
  if (!("facts" in state) || state.facts === undefined) return [];
  const { keyExpiresAt, accessExpiresAt, tunnelEndsAt } = state.facts;
  const until = (moment: number) => (moment - at) / 1000;
  if (state.is === "connecting" || state.is === "asking") return [{ name: "Key", seconds: until(keyExpiresAt) }];
  if (state.is !== "connected") return [];
  const access = accessExpiresAt === undefined ? undefined : until(accessExpiresAt);
  const tunnel = tunnelEndsAt === undefined ? undefined : until(tunnelEndsAt);
  return [
    ...(access === undefined ? [] : [{ name: "Access", seconds: access }]),
    ...(tunnel === undefined || tunnel > soon ? [] : [{ name: "Tunnel", seconds: tunnel }]),
  ].filter(({ seconds }) => seconds > 0);
}
