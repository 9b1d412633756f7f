import type { ProblemCode } from "../../contract/problem.ts";

/** What the API has responded with, as far as the step goes by it; and what the user can do, if that is known. */
interface Cause {
  readonly problem?: { readonly code: string; readonly retryable?: boolean } | undefined;
  readonly hint?: string | undefined;
}

/** What an agent can do about a problem. For others, it is the user who can do something. */
const steps: Partial<Record<ProblemCode, string>> = {
  "approval-required":
    "Call request_access for this instance and OS user, then wait_for_access, then run_command again.",
  "access-denied": "An access request does not change this. explain_access says which policy decides; tell your user.",
  "instance-not-found": "Call find_instances: it lists the instances that your user may see, with their ids.",
  "access-request-not-found": "Take the accessRequestId that request_access has returned.",
  "invalid-request": "Correct the arguments, then call the tool again.",
  "nobody-can-approve": "Do not ask again. Tell your user: Latchkey's operators, who write its policies, can help.",
  "caller-suspended": "Do not try again. Tell your user.",
  "instance-not-running": "No tool starts instances. Tell your user.",
};

/** The next step after a failure. */
export function nextStep({ problem, hint }: Cause): string {
  const step = problem && Object.hasOwn(steps, problem.code) ? steps[problem.code as ProblemCode] : undefined;
  if (step !== undefined) return step;
  const again = problem?.retryable ? "Try again in a few seconds; if it fails again, tell your user" : "Tell your user";
  return hint === undefined ? `${again}.` : `${again}. For them: ${hint}.`;
}
