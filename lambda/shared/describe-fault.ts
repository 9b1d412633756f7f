interface LoggedFault {
  readonly name: string;
  /** Left out for AWS's own errors: their words may carry what we sent. */
  readonly message?: string;
  readonly stack?: readonly string[];
  /** AWS's request id and status, which is what its support and CloudTrail go by. */
  readonly awsRequestId?: string;
  readonly awsStatus?: number;
}

/** A cause, as far as it may stand in the log. */
export function describeFault(cause: unknown): LoggedFault {
  if (!(cause instanceof Error)) return { name: typeof cause };
  if (isAwsError(cause)) {
    const { requestId, httpStatusCode } = cause.$metadata;
    return {
      name: cause.name,
      ...(requestId !== undefined && { awsRequestId: requestId }),
      ...(httpStatusCode !== undefined && { awsStatus: httpStatusCode }),
    };
  }
  const frames = (cause.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return { name: cause.name, message: cause.message, stack: frames.slice(0, 8) };
}

/** The shape that the SDK gives to every error that an AWS service answers with. */
function isAwsError(error: Error): error is Error & { $metadata: { requestId?: string; httpStatusCode?: number } } {
  return "$metadata" in error && typeof error.$metadata === "object" && error.$metadata !== null;
}
