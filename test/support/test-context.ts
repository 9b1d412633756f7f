import type { LogFields, RequestContext } from "../../lambda/shared/request-context.ts";

export interface TestContext {
  readonly requestId?: string;
  readonly sourceIp?: string;
  readonly clock?: () => Date;
  readonly signal?: AbortSignal;
  readonly deadlineAt?: Date;
  /** Receives the noted fields. */
  readonly fields?: LogFields;
}

/** The context of one request of a test, with a deadline that it does not reach, and its noted fields. */
export function testContext({
  requestId = "request-1",
  sourceIp = "192.0.2.1",
  clock = () => new Date("2026-01-02T03:04:05.678Z"),
  signal = new AbortController().signal,
  deadlineAt = new Date(8.64e15),
  fields = {},
}: TestContext = {}): RequestContext & { readonly fields: LogFields } {
  const note = (more: LogFields) => void Object.assign(fields, more);
  return { requestId, sourceIp, clock, deadline: { at: deadlineAt, signal }, note, fields };
}
