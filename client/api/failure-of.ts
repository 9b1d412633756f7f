import {
  ApiProblem,
  InvalidInput,
  LatchkeyError,
  LoginError,
  NetworkError,
  UnexpectedResponse,
} from "../../sdk/errors.ts";
import { type CommandLine, ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import type { World } from "../terminal/world.ts";
import { loginFailure } from "./login-failure.ts";
import { networkFailure } from "./network-failure.ts";
import { clockHint, endOf, problemLine } from "./problem-words.ts";

/**
 * An error of the client library as a failure of the command: in words for its user, with an exit code.
 *
 * @returns undefined for an error that is not the library's.
 */
export function failureOf(error: unknown, context: CommandLine & Pick<World, "clock">): Failure | undefined {
  if (error instanceof Failure) return error;
  if (error instanceof ApiProblem) {
    const { problem, date } = error;
    const { exitCode, hint, command } = endOf(problem);
    const usual = command === undefined ? hint : `${ownCommand(context, command)} ${hint}`;
    const clock = problem.code === "invalid-signature" ? clockHint(date, context.clock()) : undefined;
    const help = problem.help === undefined ? undefined : `see ${visible(problem.help)}`;
    return new Failure(problemLine(problem), { exitCode, hint: clock ?? usual ?? help, cause: error });
  }
  if (error instanceof NetworkError) return networkFailure(error);
  if (error instanceof LoginError) return loginFailure(error, context);
  if (error instanceof UnexpectedResponse) return unexpected(error);
  if (error instanceof InvalidInput) return new Failure(visible(error.message), { exitCode: exitCodes.usage });
  if (error instanceof LatchkeyError) return new Failure(visible(error.message), { exitCode: exitCodes.protocol });
  return undefined;
}

function unexpected(error: UnexpectedResponse): Failure {
  const { status, pointer } = error;
  if (status >= 500) {
    return new Failure(`a proxy in front of Latchkey returned ${status}`, {
      exitCode: exitCodes.unavailable,
      hint: "try again in a few seconds; if it happens again, tell Latchkey's operators",
      cause: error,
    });
  }
  const what =
    pointer === undefined
      ? `returned ${status}, but not as Latchkey does`
      : `returned a response that does not match the API's contract: ${visible(pointer) || "/"}`;
  return new Failure(`LATCHKEY_URL ${what}`, { exitCode: exitCodes.protocol, hint: urlHint, cause: error });
}

const urlHint = "check LATCHKEY_URL: an execute-api URL must include the stage, for example /live";
