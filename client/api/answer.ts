import type { ProblemDocument } from "../../contract/problem.ts";
import { findFaults, fits, type JsonSchema } from "../../sdk/json-schema.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { ApiProblem } from "./api-problem.ts";
import type { HttpAnswer } from "./exchange.ts";
import { clockHint, endOf } from "./problem-words.ts";

interface Expected {
  readonly answer: JsonSchema;
  readonly problem: JsonSchema;
}

/**
 * Reads an answer.
 *
 * @param now for a clock that is off.
 * @returns what the schema says. @throws ApiProblem; Failure `protocol` for what Latchkey never answers.
 */
export function readAnswer({ status, headers, body }: HttpAnswer, { answer, problem }: Expected, now: Date): unknown {
  const json = parseJson(body);
  if (status >= 400 && json !== undefined && fits(problem, json)) {
    const document = json as ProblemDocument;
    const { exitCode, hint } = endOf(document);
    const clock = document.code === "invalid-signature" ? clockHint(headers.date, now) : undefined;
    throw new ApiProblem(document, { exitCode, hint: clock ?? hint });
  }
  if (status >= 500) {
    throw new Failure(`whatever stands before Latchkey answers ${status}`, {
      exitCode: exitCodes.unavailable,
      hint: "the same again in some seconds; if it goes on, tell whoever runs Latchkey",
    });
  }
  if (status < 200 || status > 299 || json === undefined)
    throw notLatchkey(`answers ${status}, but not as Latchkey does`);
  const [fault] = findFaults(answer, json);
  if (fault !== undefined)
    throw notLatchkey(`answers not as the API's contract has it: ${visible(fault.at) || "the whole"}`);
  return json;
}

function notLatchkey(what: string): Failure {
  return new Failure(`LATCHKEY_URL ${what}`, {
    exitCode: exitCodes.protocol,
    hint: "is it right? Behind API Gateway's own name it ends with the stage, such as /live",
  });
}

/** @returns undefined for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
