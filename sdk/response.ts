import { ApiProblem, UnexpectedResponse } from "./errors.ts";
import type { JsonSchema } from "./json-schema.ts";
import { findFaults, fits } from "./json-schema.ts";
import type { HttpResponse } from "./transport.ts";
import type { Problem } from "./types.ts";

interface Expected {
  readonly response: JsonSchema;
  readonly problem: JsonSchema;
}

/**
 * Reads a response and checks it against the contract.
 *
 * @throws ApiProblem for a problem document, UnexpectedResponse for anything that Latchkey never responds with.
 */
export function readResponse({ status, headers, body }: HttpResponse, { response, problem }: Expected): unknown {
  const json = parseJson(body);
  if (status >= 400 && json !== undefined && fits(problem, json)) {
    throw new ApiProblem(json as Problem, headerOf(headers, "date"), retryAfterOf(headers));
  }
  if (status < 200 || status > 299 || json === undefined) throw new UnexpectedResponse(status);
  const [fault] = findFaults(response, json);
  if (fault !== undefined) throw new UnexpectedResponse(status, fault.at);
  return json;
}

export function headerOf(headers: HttpResponse["headers"], name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

/** The seconds of Retry-After. @returns undefined if there are none */
export function retryAfterOf(headers: HttpResponse["headers"]): number | undefined {
  const seconds = Number(headerOf(headers, "retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** @returns undefined if it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
