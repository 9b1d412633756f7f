import { createRequire, flushCompileCache } from "node:module";
import path from "node:path";
import type { WorkerReply, WorkerRequest } from "./messages.ts";

/** Stand-in for Lambda's runtime: loads one bundle and passes it events. */

type Handler = (event: unknown, context: object) => Promise<unknown>;

const directory = process.env["LAMBDA_TASK_ROOT"] ?? "";
const { handler }: { handler: Handler } = createRequire(import.meta.url)(path.join(directory, "index.cjs"));

const reply = (message: WorkerReply) => process.send?.(message);

process.on("message", ({ id, event, timeout }: WorkerRequest) => {
  const end = Date.now() + timeout;
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => end - Date.now() };
  handler(event, context).then(
    (result) => reply({ kind: "answered", id, result }),
    (error: unknown) => reply({ kind: "failed", id, message: error instanceof Error ? error.message : "unknown" }),
  );
});

// The local stack has ended: leave nothing running.
process.once("disconnect", () => process.exit());

// Node would write it at the end of a process, but this one is killed.
flushCompileCache();
reply({ kind: "loaded" });
