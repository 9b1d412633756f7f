interface LoggedFault {
  readonly name: string;
  /** Omitted for AWS's errors, whose messages may contain what we sent. */
  readonly message?: string;
  readonly stack?: readonly string[];
  /** AWS's request id and status, to find the call in CloudTrail or a support case. */
  readonly awsRequestId?: string;
  readonly awsStatus?: number;
}

/** The part of a cause that may be logged. */
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

/** The shape of every AWS service error in the SDK. */
function isAwsError(error: Error): error is Error & { $metadata: { requestId?: string; httpStatusCode?: number } } {
  return "$metadata" in error && typeof error.$metadata === "object" && error.$metadata !== null;
}
