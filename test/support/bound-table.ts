import { type HttpRequest, HttpResponse } from "@smithy/core/protocols";
import { type Table, tableOf } from "../../lambda/aws/dynamodb/table.ts";
import { awsEnvironment } from "./patient-clients.ts";
import type { RecordedRequest, ScriptedResponse } from "./scripted-server.ts";

/** The table that tests bind adapters to: one client, so that a test can watch every call. */
export const boundTable = tableOf({ region: "us-east-1" }, "latchkey");

/** Responds in this process to each attempt of the client's calls: that takes a fraction of the time that the wire takes. */
export function respondToCalls(
  respond: (request: RecordedRequest) => Promise<ScriptedResponse>,
  table: Table = boundTable,
): void {
  Object.assign(process.env, awsEnvironment);
  const requestHandler = {
    async handle({ headers, body }: HttpRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
      const abortError = Object.assign(new Error("aborted"), { name: "AbortError" });
      if (abortSignal?.aborted) throw abortError;
      const aborted = Promise.withResolvers<never>();
      abortSignal?.addEventListener("abort", () => aborted.reject(abortError), { once: true });
      const scripted = await Promise.race([
        aborted.promise,
        respond({ headers, body: new TextDecoder().decode(body) }),
      ]);
      if (scripted === "silence") return aborted.promise;
      // As the SDK's own handler has it.
      if (scripted === "reset") throw Object.assign(new Error("reset"), { name: "TimeoutError", code: "ECONNRESET" });
      const { status = 200, body: text = "" } = scripted;
      return { response: new HttpResponse({ statusCode: status, headers: {}, body: Buffer.from(text) }) };
    },
    destroy() {},
  };
  Object.assign(table.client.config, { requestHandler });
}
