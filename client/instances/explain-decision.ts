import type { Decision } from "../../contract/decision.ts";
import type { InstanceResponse } from "../../contract/instance.ts";
import { endOf } from "../api/problem-words.ts";
import { requirementsWords } from "../api/requirements-words.ts";
import { printedCommand } from "../quoting/shell-words.ts";
import { type ExitCode, exitCodes } from "../terminal/exit-code.ts";
import { visible } from "../terminal/terminal.ts";

interface Decided {
  readonly decision: Decision;
  readonly instance: InstanceResponse;
  /** As the user calls it. */
  readonly nameOrId: string;
  /** Left out: the instance's default. */
  readonly osUser?: string | undefined;
  /** What else was said of the connection: the same for latchkey ssh. */
  readonly options?: readonly string[];
}

interface Explanation {
  /** The verdict first. */
  readonly sentences: readonly string[];
  /** The command to run next. */
  readonly hint?: string | undefined;
  readonly exitCode: ExitCode;
}

/** A decision in words for the person that it is about. */
export function explain(decided: Decided): Explanation {
  const { decision, instance, options = [] } = decided;
  const osUser = visible(decided.osUser ?? instance.defaultOsUser);
  const who = `${instance.instanceId}${instance.name === undefined ? "" : ` (${visible(instance.name)})`} as ${osUser}`;
  const user = decided.osUser === undefined ? [] : ["--os-user", osUser];
  if (decision.decision === "allow") {
    return {
      sentences: [`You can connect to ${who}.`, policySentence(decision, "permits"), ...routeSentence(decision, "is")],
      hint: printedCommand(["latchkey", "ssh", decided.nameOrId, ...user, ...options]),
      exitCode: exitCodes.ok,
    };
  }
  const { reasons, hint } = refusal(decided, osUser);
  return {
    sentences: [`You cannot connect to ${who}.`, ...reasons, ...routeSentence(decision, "would be")],
    hint,
    exitCode: endOf({ code: decision.code ?? "", status: 403 }).exitCode,
  };
}

function refusal({ decision, instance, nameOrId }: Decided, osUser: string): { reasons: string[]; hint?: string } {
  switch (decision.code) {
    case "access-denied":
      return {
        reasons: [decision.policies.length === 0 ? "No policy permits it." : policySentence(decision, "forbids")],
      };
    case "approval-required": {
      const needed = decision.requirements === undefined ? "" : `, with ${requirementsWords(decision.requirements)}`;
      const words = ["latchkey", "request", nameOrId, "--os-user", osUser, "--reason", "why you need it", "--wait"];
      return { reasons: [`Policy wants an active access request for it${needed}.`], hint: printedCommand(words) };
    }
    case "instance-not-running":
      return { reasons: [`Policy permits it, but the instance is ${visible(instance.state)}.`] };
    case "no-route-to-instance":
    case "endpoint-unavailable":
      return { reasons: ["Policy permits it, but there is no way to the instance:", ...obstacles(instance)] };
    default:
      return { reasons: [`The API says ${visible(decision.code ?? "no more")}.`] };
  }
}

/** `Policy "x" permits it.` */
function policySentence({ policies }: Decision, verb: "permits" | "forbids"): string {
  const names = policies.map(visible).join(", ");
  return policies.length === 1 ? `Policy ${names} ${verb} it.` : `Policies ${names} ${verb.slice(0, -1)} it.`;
}

function routeSentence({ resolved }: Decision, is: "is" | "would be"): string[] {
  if (resolved === undefined) return [];
  const { connectionType, host, port, endpointId } = resolved;
  const at = `${visible(host)} port ${port}`;
  if (connectionType === "eice")
    return [`It ${is} reached at ${at} through the endpoint ${visible(endpointId ?? "")}.`];
  return [
    connectionType === "serial"
      ? `It ${is} reached by its serial console at ${at}.`
      : `It ${is} reached directly at ${at}.`,
  ];
}

/** What stands in each way. */
const obstacles = ({ connectionOptions }: InstanceResponse) =>
  connectionOptions
    .filter(({ usable }) => !usable)
    .map(({ connectionType, reason }) => `  ${connectionType}: ${visible(reason ?? "it cannot be used")}`);
