import { showDuration } from "../../contract/duration.ts";
import { type FieldError, problems } from "../../contract/problem.ts";
import { requirementsWords } from "../../contract/requirements-words.ts";
import type { Problem } from "../shared/problem.ts";
import type { Message } from "./chat.ts";

/** Why something was not done: the API's own words for the problem. */
export function problemMessage(problem: Problem, requestId: string): Message {
  const { code, detail, errors = [], requirements, headers } = problem;
  const { title, status, detail: usual } = problems[code];
  const seconds = Number(headers["Retry-After"]);
  const fields = errors.flatMap((error) => (error.detail === undefined ? [fieldWords(error)] : []));
  return {
    title,
    notes: [
      // The usual words name a member of the response that nobody sees here.
      ...(detail === undefined && fields.length > 0 ? fields : [detail ?? usual, ...fields]),
      ...(requirements ? [`It needs ${requirementsWords(requirements)}.`] : []),
      ...(seconds > 1 ? [`Try again in ${showDuration(seconds)}.`] : []),
      ...(status >= 500 ? [`Request id: ${requestId}`] : []),
    ],
  };
}

/** What people call the fields of a request. */
const names: Readonly<Record<string, string>> = {
  osUser: "the OS user",
  durationSeconds: "how long",
  reason: "the reason",
  instanceId: "the instance's id",
};

/** `/osUser` with `wrong-format`: `Not valid: the OS user (wrong format)` */
function fieldWords({ pointer, code }: FieldError): string {
  const [name = ""] = pointer.slice(1).split("/", 1);
  const told = Object.hasOwn(names, name) ? names[name] : name;
  return `Not valid: ${told} (${code.replaceAll("-", " ")})`;
}
