/** An error that the service itself would return, with the service's code. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** A stand-in never guesses: an unknown call is an error that nobody can overlook. */
export function unknownToStandIn(what: string): ServiceError {
  console.error(`A stand-in got a call that it does not know: ${what}`);
  return new ServiceError("UnknownToStandIn", 501, `The stand-in does not know ${what}`);
}

/** EC2's error for a missing permission. */
export const unauthorized = () =>
  new ServiceError("UnauthorizedOperation", 403, "You are not authorized to perform this operation.");
