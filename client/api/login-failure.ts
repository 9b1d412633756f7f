import { type LoginError, type LoginErrorCode, NetworkError } from "../../sdk/errors.ts";
import { type CommandLine, ownCommand } from "../quoting/own-command.ts";
import { type ExitCode, exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { networkFailure } from "./network-failure.ts";

interface LoginEnd {
  readonly exitCode: ExitCode;
  readonly hint?: string;
}

const { configuration, noPermission, protocol, tryAgain, unavailable } = exitCodes;

const ends: Readonly<Record<LoginErrorCode, LoginEnd>> = {
  "sign-in-required": { exitCode: configuration },
  "file-refused": { exitCode: configuration, hint: "remove it, and sign in again" },
  "file-inaccessible": { exitCode: configuration },
  locked: { exitCode: tryAgain },
  denied: { exitCode: noPermission },
  "code-expired": { exitCode: tryAgain, hint: "sign in again" },
  "client-unknown": { exitCode: configuration, hint: "check --client-id" },
  "scope-unknown": { exitCode: configuration, hint: "check --scope" },
  "provider-unreachable": { exitCode: unavailable, hint: "check the issuer and the network" },
  "provider-unavailable": { exitCode: unavailable, hint: "try again in a few minutes" },
  "provider-unknown": {
    exitCode: protocol,
    hint: "check the issuer: it is the URL before /.well-known/openid-configuration",
  },
  "response-foreign": { exitCode: protocol, hint: "somebody else may have sent it: sign in again" },
  "token-invalid": { exitCode: protocol },
};

/** A login's error as a failure of the command. What it quotes of the provider is data. */
export function loginFailure(error: LoginError, context: CommandLine): Failure {
  const { code, message, cause } = error;
  const { exitCode, hint } = ends[code];
  const said =
    cause instanceof NetworkError ? `the OpenID provider ${networkFailure(cause).message}` : visible(message);
  const signIn = code === "sign-in-required" ? ownCommand(context, ["login"]) : undefined;
  return new Failure(said, { exitCode, hint: signIn ?? hint, cause: error });
}
