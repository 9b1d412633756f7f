import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";

/** What the local stack sends to a function's process. */
export interface WorkerRequest {
  readonly id: string;
  readonly event: APIGatewayProxyEvent;
  /** Milliseconds. */
  readonly timeout: number;
}

/** What it gets back. */
export type WorkerReply =
  | { readonly kind: "loaded" }
  | { readonly kind: "answered"; readonly id: string; readonly result: APIGatewayProxyResult }
  | { readonly kind: "failed"; readonly id: string; readonly message: string };
