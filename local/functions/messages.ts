/** What the local stack sends to a function's process. */
export interface WorkerRequest {
  readonly id: string;
  /** API Gateway's, the stream's, or the clock's: what the function takes. */
  readonly event: unknown;
  /** Milliseconds. */
  readonly timeout: number;
}

/** What it gets back. */
export type WorkerReply =
  | { readonly kind: "loaded" }
  | { readonly kind: "answered"; readonly id: string; readonly result: unknown }
  | { readonly kind: "failed"; readonly id: string; readonly message: string };
