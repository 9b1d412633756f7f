import type { Transport } from "../transport.ts";

/** How an OpenID provider is asked. */
export interface LoginOptions {
  /** `fetch` by default. */
  readonly transport?: Transport | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: (() => Date) | undefined;
}
