import type { IncomingMessage } from "node:http";

/** A request's headers in the form that a signature covers: lower-case names, repeated ones joined by a comma. */
export function signedHeaders({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(",")]));
}
