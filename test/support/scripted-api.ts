import { createServer } from "node:http";
import { type ProblemCode, problemHeaders, problemOf, problems } from "../../contract/problem.ts";
import { listen } from "../../local/shared/loopback-server.ts";

export interface ScriptedApi {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A stand-in for the API with scripted responses, one for each call. The last one repeats.
 *
 * @param responses each a problem code, or a status and a body: `200 <html>`
 */
export async function startScriptedApi(responses: readonly string[]): Promise<ScriptedApi> {
  const left = [...responses];
  const server = createServer((request, response) => {
    const scripted = (left.length > 1 ? left.shift() : left[0]) ?? "500";
    request.resume().once("end", () => {
      if (Object.hasOwn(problems, scripted)) {
        const code = scripted as ProblemCode;
        const requirements = code === "approval-required" ? { approvals: 1, reason: true } : undefined;
        const document = problemOf(code, "00000000-0000-4000-8000-000000000000", { requirements });
        response.writeHead(problems[code].status, problemHeaders(code)).end(JSON.stringify(document));
        return;
      }
      const [, status, body] = /^(\d{3}) ?(.*)$/.exec(scripted) ?? [];
      if (status === undefined) throw new Error(`Neither a problem code nor a status: ${scripted}`);
      response.writeHead(Number(status)).end(body);
    });
  });
  const { port, stop } = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}`, stop };
}
