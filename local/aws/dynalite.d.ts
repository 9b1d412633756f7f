declare module "dynalite" {
  import type { Server } from "node:http";

  /** An in-memory DynamoDB behind an HTTP server. */
  export default function dynalite(options: { readonly createTableMs: number }): Server;
}
