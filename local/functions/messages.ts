/** A message from the local stack to a function's process. */
export interface WorkerRequest {
  readonly id: string;
  /** The event of API Gateway, the stream or the clock. */
  readonly event: unknown;
  /** Milliseconds. */
  readonly timeout: number;
}

/** The reply. */
export type WorkerReply =
  | { readonly kind: "loaded" }
  | { readonly kind: "answered"; readonly id: string; readonly result: unknown }
  | { readonly kind: "failed"; readonly id: string; readonly message: string };
