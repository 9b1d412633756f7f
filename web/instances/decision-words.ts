import { requirementsWords, reviewerNames } from "../../contract/requirements-words.ts";
import type { Decision, Instance, Requirements } from "../../sdk/types.ts";
import type { Tone } from "../ui/tone.ts";
import { typeWords } from "./words.ts";

/** What a decision means for the person that it is about. */
export interface Verdict {
  readonly tone: Tone;
  /** A few words. */
  readonly title: string;
  /** Sentences. */
  readonly details: readonly string[];
  /** What the person can do: connect, ask for access, or look at an access request that is about it. */
  readonly next?: "connect" | "ask" | undefined;
  readonly accessRequestId?: string | undefined;
}

/** @param instance as it was read @param connectionType as it was asked for */
export function verdictOf(
  decision: Decision,
  instance: Pick<Instance, "state">,
  connectionType: string | undefined,
): Verdict {
  const { code, requirements, accessRequestId } = decision;
  if (decision.decision === "allow") {
    const warnings = (decision.warnings ?? []).map(({ message }) => message);
    return {
      tone: warnings.length > 0 ? "waiting" : "good",
      title: warnings.length > 0 ? "Allowed, but the login may fail" : "Allowed",
      details: [...warnings, ...routeWords(decision)],
      next: "connect",
      accessRequestId,
    };
  }
  switch (code) {
    case "approval-required":
      return approvalVerdict(requirements);
    case "access-denied":
      return denied(
        decision.policies.length === 0
          ? "No policy permits it."
          : `${decision.policies.length === 1 ? "A policy forbids" : "Policies forbid"} it: ${decision.policies.join(", ")}.`,
      );
    case "instance-not-running":
      return unreachable(`The instance is ${instance.state}.`);
    case "no-route-to-instance":
    case "endpoint-unavailable":
      return unreachable(
        connectionType === "serial"
          ? "This Latchkey has serial consoles switched off, or AWS has none in this region."
          : "The connection options below say why.",
      );
    case "not-covered-by-push-tag":
      return unreachable(
        "This Latchkey gives keys only to instances with a certain tag, which this one lacks. Ask those who run Latchkey.",
      );
    case "caller-suspended":
      return denied("You are suspended.");
    default:
      return denied(`The API's code for it is ${code ?? "missing"}.`);
  }
}

/** The same in a list: one or two words. */
export function shortVerdict({ decision, code }: Decision): Pick<Verdict, "tone" | "title"> {
  if (decision === "allow") return { tone: "good", title: "Allowed" };
  if (code === "approval-required") return { tone: "waiting", title: "Needs approval" };
  if (code === "access-denied" || code === "caller-suspended") return { tone: "bad", title: "Denied" };
  return { tone: "waiting", title: "Out of reach" };
}

const denied = (why: string): Verdict => ({ tone: "bad", title: "Denied", details: [why] });

const unreachable = (why: string): Verdict => ({
  tone: "waiting",
  title: "Policy permits it, but it is out of reach",
  details: [why],
});

function approvalVerdict(requirements: Requirements | undefined): Verdict {
  const { accessRequestId, scheduled, reviewers } = requirements ?? {};
  const common = { tone: "waiting", title: "Needs approval" } as const;
  if (accessRequestId !== undefined) {
    const detail = "Your access request covers it, but one of those who may review here must approve it too.";
    return { ...common, details: [detail], accessRequestId };
  }
  if (scheduled !== undefined) {
    return {
      ...common,
      title: "Approved, but access has not started",
      details: [],
      accessRequestId: scheduled.accessRequestId,
      next: "ask",
    };
  }
  const needed = requirements === undefined ? "an access request" : requirementsWords(requirements);
  const by = reviewers === undefined ? [] : [`Who can approve: ${reviewerNames(reviewers)}.`];
  const title = requirements?.approvals === 0 ? "Needs an access request" : common.title;
  return { ...common, title, details: [`Policy requires ${needed}.`, ...by], next: "ask" };
}

function routeWords({ resolved }: Decision): string[] {
  if (resolved === undefined) return [];
  const { connectionType, host, port, endpointId } = resolved;
  const at = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return [`Route: ${at}, ${endpointId === undefined ? typeWords(connectionType) : `through ${endpointId}`}.`];
}
