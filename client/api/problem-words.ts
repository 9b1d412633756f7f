import { showDuration } from "../../contract/duration.ts";
import type { FieldError, ProblemCode } from "../../contract/problem.ts";
import contract from "../../sdk/contract.ts";
import type { Problem } from "../../sdk/types.ts";
import { type ExitCode, exitCodes } from "../terminal/exit-code.ts";
import { visible } from "../terminal/terminal.ts";
import { requirementsWords } from "./requirements-words.ts";

/** How a command ends that meets a problem, and what its user can do. */
interface ProblemEnd {
  readonly exitCode: ExitCode;
  /** Replaces the API's usual detail if that speaks to the author of a client. */
  readonly says?: string;
  readonly hint?: string;
  /** A command of ours that the hint begins with. */
  readonly command?: readonly string[];
}

const { invalid, noPermission, notFound, unavailable, tryAgain, protocol, internal } = exitCodes;

const ends = {
  unauthenticated: {
    exitCode: noPermission,
    says: "the request is not authenticated",
    command: ["login"],
    hint: "signs in, if this API takes tokens; LATCHKEY_TOKEN and a tokenCommand go before that, and before AWS credentials",
  },
  "invalid-signature": {
    exitCode: noPermission,
    says: "the API does not accept these credentials",
    hint: "check that they have not expired, LATCHKEY_URL and the region",
  },
  "not-invokable": {
    exitCode: noPermission,
    says: "AWS does not let these credentials invoke the API",
    hint: "ask Latchkey's operators for the permission execute-api:Invoke, and whether they admit your network",
  },
  // What to ask of latchkey why, or to request, only the command knows.
  "access-denied": { exitCode: noPermission },
  "approval-required": { exitCode: noPermission, says: "policy requires an active access request" },
  "self-review": { exitCode: noPermission, hint: "another person must review it" },
  "reviewer-not-allowed": {
    exitCode: noPermission,
    command: ["requests", "--reviewable"],
    hint: "lists those that you may review",
  },
  "nobody-can-approve": { exitCode: noPermission, hint: "ask Latchkey's operators, who write its policies" },
  "not-found": {
    exitCode: protocol,
    says: "Latchkey serves nothing at this URL",
    hint: "check LATCHKEY_URL: an execute-api URL must include the stage, for example /live",
  },
  "method-not-allowed": { exitCode: protocol, hint: "this API has a different version than latchkey" },
  "invalid-request": { exitCode: invalid, says: "the API refused the request as invalid" },
  "precondition-failed": {
    exitCode: unavailable,
    says: "somebody has changed this in the meantime; nothing was changed",
    hint: "look at it again, then repeat the command",
  },
  "precondition-required": { exitCode: protocol, hint: "this API has a different version than latchkey" },
  "caller-suspended": { exitCode: noPermission },
  "payload-too-large": { exitCode: invalid },
  "unsupported-media-type": { exitCode: protocol, hint: "this API has a different version than latchkey" },
  "instance-not-found": { exitCode: notFound, command: ["instances"], hint: "lists those that you may see" },
  "access-request-not-found": { exitCode: notFound, command: ["requests"], hint: "lists those that you may see" },
  "policies-not-found": {
    exitCode: notFound,
    says: "no policies with this digest are kept",
    hint: "it is the policyDigest of an event of this API",
  },
  "instance-not-running": {
    exitCode: unavailable,
    says: "the instance is not running: start it, then try again",
  },
  "no-route-to-instance": { exitCode: unavailable },
  "endpoint-unavailable": { exitCode: unavailable },
  "not-covered-by-push-tag": { exitCode: unavailable },
  "aws-refused": {
    exitCode: unavailable,
    says: "AWS does not permit one of Latchkey's calls",
    hint: "give the request id to Latchkey's operators",
  },
  "already-reviewed": {
    exitCode: unavailable,
    says: "you have already reviewed this request",
    hint: "it needs another reviewer",
  },
  "request-not-pending": { exitCode: unavailable, command: ["requests"], hint: "shows what became of it" },
  "request-not-active": { exitCode: unavailable, command: ["requests"], hint: "shows what became of it" },
  "idempotency-in-progress": {
    exitCode: tryAgain,
    says: "the same request is still running",
    hint: "try again in a few seconds",
  },
  "idempotency-mismatch": { exitCode: internal },
  "key-rejected": { exitCode: invalid, hint: "leave out --identity: AWS accepts the key that latchkey makes" },
  throttled: { exitCode: tryAgain, says: "too many requests", hint: "wait, then try again" },
  internal: {
    exitCode: unavailable,
    says: "Latchkey has failed",
    hint: "give the request id to Latchkey's operators",
  },
  "upstream-failure": {
    exitCode: unavailable,
    says: "one of Latchkey's calls to AWS failed",
    hint: "if it happens again, give the request id to Latchkey's operators",
  },
  "upstream-unavailable": { exitCode: unavailable, says: "AWS is not available", hint: "try again in a few seconds" },
  "deadline-exceeded": {
    exitCode: unavailable,
    says: "AWS did not answer in time",
    hint: "try again in a few seconds",
  },
} as const satisfies Record<ProblemCode, ProblemEnd>;

/** @returns what its status suggests, for a code that a later version of the API may have. */
export function endOf({ code, status }: Pick<Problem, "code" | "status">): ProblemEnd {
  if (Object.hasOwn(ends, code)) return ends[code as ProblemCode];
  if (status === 401 || status === 403) return { exitCode: noPermission };
  if (status === 404) return { exitCode: notFound };
  if (status === 429) return { exitCode: tryAgain };
  return { exitCode: status >= 409 && status !== 413 && status !== 422 ? unavailable : invalid };
}

/** A problem in one line, without a full stop: what is wrong with which option, and by which id the operator finds it. */
export function problemLine({ code, detail, errors = [], requirements, status, requestId }: Problem): string {
  const usual = Object.hasOwn(contract.usualDetails, code) ? contract.usualDetails[code as ProblemCode] : undefined;
  const says = usual !== undefined && detail.startsWith(usual) ? endOf({ code, status }).says : undefined;
  const more = [
    ...errors.map(fieldLine),
    ...(requirements ? [`it needs ${requirementsWords(requirements)}`] : []),
    ...(status >= 500 ? [`request id ${visible(requestId)}`] : []),
  ];
  return `${says ?? detailLine(detail)}${more.length === 0 ? "" : ` (${more.join("; ")})`}`;
}

/** The API's own words, in the style of the command. */
function detailLine(detail: string): string {
  const sentence = visible(detail.replace(/\.$/, ""));
  return sentence.replace(/^(?!Latchkey)[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
}

/** What the command line calls the fields of the API that have another name there. */
const fieldNames: Readonly<Record<string, string>> = {
  instanceId: "the instance's id",
  callerId: "the caller's id",
  id: "the access request's id",
  publicKey: "the public key",
  name: "the name",
  durationSeconds: "--duration",
  maxTunnelSeconds: "the tunnel's duration",
  endpointId: "the endpoint's id",
  subject: "the subject",
  ipAddress: "--instance-ip",
  port: "--ssh-port",
  tags: "--tag",
  scope: "--tag",
};

/** `/osUser` with `wrong-format`: `--os-user: wrong format`. */
function fieldLine({ pointer, code }: FieldError): string {
  const [name = ""] = pointer.slice(1).split("/", 1);
  const told = Object.hasOwn(fieldNames, name) ? fieldNames[name] : undefined;
  const option = name === "" ? "the request" : `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return `${told ?? visible(option)}: ${visible(code).replaceAll("-", " ")}`;
}

/** Milliseconds that a clock may be off before a signature is refused are five minutes: near to them it is worth saying. */
const worthSaying = 4 * 60_000;

/**
 * What a refused signature and the response's Date say about this machine's clock.
 *
 * @param date the response's Date header.
 */
export function clockHint(date: string | undefined, now: Date): string | undefined {
  const ahead = now.getTime() - new Date(date ?? "").getTime();
  if (!(Math.abs(ahead) > worthSaying)) return undefined;
  const off = showDuration(Math.round(Math.abs(ahead) / 60_000) * 60);
  return `this machine's clock is ${off} ${ahead > 0 ? "ahead" : "behind"}: set it, then try again`;
}
