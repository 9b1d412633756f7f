import type { Problem } from "./types.ts";

/** Everything the library throws by itself. A call that its signal ends throws the signal's reason instead. */
export class LatchkeyError extends Error {
  override readonly name: string = "LatchkeyError";
}

/** A call's input cannot be sent: a field that is a part of the path is empty, or would lead to another route. */
export class InvalidInput extends LatchkeyError {
  override readonly name = "InvalidInput";
}

/** The API responded with a problem document (RFC 9457): `problem.code` says which. */
export class ApiProblem extends LatchkeyError {
  override readonly name = "ApiProblem";
  readonly problem: Problem;
  /** The response's Date header: a refused signature may be due to a wrong clock. */
  readonly date: string | undefined;
  /** Seconds after which the response says to try again. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, date?: string, retryAfter?: number) {
    super(`${problem.title}: ${problem.detail}`);
    this.problem = problem;
    this.date = date;
    this.retryAfter = retryAfter;
  }
}

/** No response, or only a part of one. */
export class NetworkError extends LatchkeyError {
  override readonly name = "NetworkError";
  /** The transport's own code (`ECONNREFUSED`), or `TIMEOUT`, `TOO_LONG`, or `FETCH_FAILED` if fetch does not say more. */
  readonly code: string;
  readonly host: string;

  constructor(code: string, host: string, cause?: unknown) {
    super(`${host}: ${code}`, { cause });
    this.code = code;
    this.host = host;
  }
}

/** A response that Latchkey never gives: the URL is wrong, or something in front of Latchkey responded. */
export class UnexpectedResponse extends LatchkeyError {
  override readonly name = "UnexpectedResponse";
  readonly status: number;
  /** If it is JSON that does not match the contract: a JSON pointer to the first mismatch. */
  readonly pointer: string | undefined;

  constructor(status: number, pointer?: string) {
    super(
      pointer === undefined ? `unexpected response ${status}` : `unexpected response ${status} at ${pointer || "/"}`,
    );
    this.status = status;
    this.pointer = pointer;
  }
}

/** Why a login gives no token. */
export type LoginErrorCode =
  /** Nobody is signed in, or the login has ended: sign in, or again. */
  | "sign-in-required"
  /** Others may read or write the login's file, or it is not what it should be. */
  | "file-refused"
  | "file-inaccessible"
  /** Another process holds the lock for too long. */
  | "locked"
  | "denied"
  | "code-expired"
  | "client-unknown"
  | "scope-unknown"
  /** `cause` is a NetworkError. */
  | "provider-unreachable"
  | "provider-unavailable"
  /** What responds is no OpenID provider, or not this one. */
  | "provider-unknown"
  /** A response is not for this login. */
  | "response-foreign"
  | "token-invalid";

/** An OpenID provider gives no token, or a login cannot be used. It never contains a token. */
export class LoginError extends LatchkeyError {
  override readonly name = "LoginError";
  readonly code: LoginErrorCode;

  constructor(code: LoginErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
