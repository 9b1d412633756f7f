import { createServer } from "node:http";
import { type ProblemCode, problemHeaders, problemOf, problems } from "../../contract/problem.ts";
import { listen } from "../../local/shared/loopback-server.ts";

export interface AnsweringApi {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A stand-in for the API that answers as it is told: one answer a call, the last one again and again.
 *
 * @param answers each a problem code, or a status and a body: `200 <html>`.
 */
export async function startAnsweringApi(answers: readonly string[]): Promise<AnsweringApi> {
  const left = [...answers];
  const server = createServer((request, response) => {
    const answer = (left.length > 1 ? left.shift() : left[0]) ?? "500";
    request.resume().once("end", () => {
      if (Object.hasOwn(problems, answer)) {
        const code = answer as ProblemCode;
        const requirements = code === "approval-required" ? { approvals: 1, reason: true } : undefined;
        const document = problemOf(code, "00000000-0000-4000-8000-000000000000", { requirements });
        response.writeHead(problems[code].status, problemHeaders(code)).end(JSON.stringify(document));
        return;
      }
      const [, status, body] = /^(\d{3}) ?(.*)$/.exec(answer) ?? [];
      if (status === undefined) throw new Error(`This is neither a problem code nor a status: ${answer}`);
      response.writeHead(Number(status)).end(body);
    });
  });
  const { port, stop } = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}`, stop };
}
