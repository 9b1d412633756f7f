import type { AccessRequest, Decision, Instance } from "../../sdk/types.ts";
import { endOf } from "../api/problem-words.ts";
import { neverSeenWords, requirementsWords, reviewersWords } from "../api/requirements-words.ts";
import { type ExitCode, exitCodes } from "../terminal/exit-code.ts";
import { showTime } from "../terminal/show-time.ts";
import { phrase, visible } from "../terminal/terminal.ts";
import { uncoveredWords } from "./covering-words.ts";
import { isLasting } from "./list-instances.ts";
import { type ConnectionOptions, connectionWords, namedOsUser } from "./target.ts";

interface Decided {
  readonly decision: Decision;
  readonly instance: Instance;
  /** What finds it again: its name or id. */
  readonly handle: string;
  readonly requested: ConnectionOptions;
  /** Who would connect, if that is not the user. */
  readonly subject?: string | undefined;
  /** Active access requests of the one who would connect, if that is denied. */
  readonly active?: readonly AccessRequest[];
}

interface Explanation {
  /** The verdict first. */
  readonly sentences: readonly string[];
  /** The command of ours to run next. */
  readonly next?: readonly string[] | undefined;
  /** The command of ours that a reviewer can run. */
  readonly forReviewer?: readonly string[] | undefined;
  readonly exitCode: ExitCode;
}

/** A decision in words for the person that it is about. */
export function explain(decided: Decided): Explanation {
  const { decision, instance, handle, requested, subject } = decided;
  const osUser = visible(namedOsUser(requested, instance.instanceId) ?? instance.defaultOsUser);
  const [who, whom] = subject === undefined ? ["You", "you"] : [visible(subject), visible(subject)];
  const where = `${visible(instance.instanceId)}${instance.name === undefined ? "" : ` (${phrase(instance.name)})`} as ${osUser}`;
  const doubts = (decision.warnings ?? []).map(({ message }) => `  ${phrase(message)}`);
  const unseen = decision.subjectSeen === false ? [`${neverSeenWords(subject ?? "")}.`] : [];
  if (decision.decision === "allow") {
    const verdict =
      doubts.length === 0
        ? `${who} can connect to ${where}.`
        : `Policy lets ${whom} connect to ${where}, but the login may fail:`;
    return {
      sentences: [
        verdict,
        ...unseen,
        ...doubts,
        ...coverSentence(decision),
        policySentence(decision, "permits"),
        ...routeSentence(decision),
      ],
      next: subject === undefined ? ["ssh", handle, ...connectionWords(requested)] : undefined,
      exitCode: exitCodes.ok,
    };
  }
  const { reasons, next, forReviewer } = refusal(decided, osUser);
  const warned = doubts.length === 0 ? [] : ["With permission, the login may fail all the same:", ...doubts];
  return {
    sentences: [`${who} can't connect to ${where}.`, ...unseen, ...reasons, ...routeSentence(decision), ...warned],
    next,
    ...(forReviewer && { forReviewer }),
    exitCode: endOf({ code: decision.code ?? "", status: 403 }).exitCode,
  };
}

function refusal(
  { decision, instance, handle, requested, subject, active = [] }: Decided,
  osUser: string,
): Pick<Explanation, "next" | "forReviewer"> & { readonly reasons: readonly string[] } {
  const uncovered = uncoveredWords(
    active,
    instance,
    namedOsUser(requested, instance.instanceId) ?? instance.defaultOsUser,
  );
  switch (decision.code) {
    case "access-denied": {
      const policy = decision.policies.length === 0 ? "No policy permits it." : policySentence(decision, "forbids");
      return { reasons: [policy, ...uncovered] };
    }
    case "approval-required": {
      const { accessRequestId } = decision.requirements ?? {};
      if (accessRequestId !== undefined) {
        const id = visible(accessRequestId);
        return {
          reasons: [`Access request ${id} covers it, but needs a further approval by somebody who may review here.`],
          forReviewer: ["review", accessRequestId, "--approve"],
        };
      }
      const needed = decision.requirements === undefined ? "" : ` with ${requirementsWords(decision.requirements)}`;
      const by = subject === undefined ? [] : ["--for", subject];
      const words = ["request", handle, ...by, "--os-user", osUser, "--reason", "why you need it", "--wait"];
      const { scheduled } = decision.requirements ?? {};
      const soon = scheduled
        ? [`Access request ${visible(scheduled.accessRequestId)} covers it from ${showTime(scheduled.startsAt)} on.`]
        : [];
      const reviewers = decision.requirements && reviewersWords(decision.requirements);
      return {
        reasons: [
          `Policy requires an active access request${needed}.`,
          ...soon,
          ...uncovered,
          ...(reviewers === undefined ? [] : [`${reviewers.replace(/^w/, "W")}.`]),
        ],
        next: words,
      };
    }
    case "instance-not-running":
      return { reasons: [`Policy permits it, but the instance is ${visible(instance.state)}.`, ...lost(instance)] };
    case "no-route-to-instance":
    case "endpoint-unavailable":
      return { reasons: ["Policy permits it, but the instance is unreachable:", ...obstacles(instance)] };
    case "not-covered-by-push-tag":
      return {
        reasons: [
          "Policy permits it, but this Latchkey pushes keys only to instances with a certain tag, and this one lacks it.",
          "Ask Latchkey's operators for the tag: their setting pushTag names it.",
        ],
      };
    case "caller-suspended":
      return { reasons: [`${visible(subject ?? "This person")} is suspended.`] };
    case "instance-not-found":
      return { reasons: ["Policy does not let this person see the instance."] };
    default:
      return { reasons: [`The API's code for it is ${visible(decision.code ?? "missing")}.`] };
  }
}

const coverSentence = ({ accessRequestId }: Decision) =>
  accessRequestId === undefined ? [] : [`Access request ${visible(accessRequestId)} covers it.`];

const lost = (instance: Instance) => (isLasting(instance) ? [] : ["It cannot be started again."]);

/** `Policy "x" permits it.` */
function policySentence({ policies }: Decision, verb: "permits" | "forbids"): string {
  const names = policies.map(visible).join(", ");
  return policies.length === 1 ? `Policy ${names} ${verb} it.` : `Policies ${names} ${verb.slice(0, -1)} it.`;
}

function routeSentence({ resolved }: Decision): string[] {
  if (resolved === undefined) return [];
  const { connectionType, host, port, endpointId } = resolved;
  const through: Readonly<Record<string, string>> = {
    direct: "",
    eice: ` through ${visible(endpointId ?? "")}`,
    serial: " (serial console)",
  };
  const how = Object.hasOwn(through, connectionType) ? through[connectionType] : ` (${visible(connectionType)})`;
  return [`Route: ${visible(host.includes(":") ? `[${host}]` : host)}:${port}${how}`];
}

/** Why each connection type is unusable. */
const obstacles = ({ connectionOptions }: Instance) =>
  connectionOptions
    .filter(({ usable }) => !usable)
    .map(({ connectionType, reason }) => `  ${visible(connectionType)}: ${visible(reason ?? "unusable")}`);
