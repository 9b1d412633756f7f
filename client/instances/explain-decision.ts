import type { Decision, Instance } from "../../sdk/types.ts";
import { endOf } from "../api/problem-words.ts";
import { requirementsWords } from "../api/requirements-words.ts";
import { printedCommand } from "../quoting/shell-words.ts";
import { type ExitCode, exitCodes } from "../terminal/exit-code.ts";
import { phrase, visible } from "../terminal/terminal.ts";

interface Decided {
  readonly decision: Decision;
  readonly instance: Instance;
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
  const who = `${visible(instance.instanceId)}${instance.name === undefined ? "" : ` (${phrase(instance.name)})`} as ${osUser}`;
  const user = decided.osUser === undefined ? [] : ["--os-user", osUser];
  if (decision.decision === "allow") {
    return {
      sentences: [`You can connect to ${who}.`, policySentence(decision, "permits"), ...routeSentence(decision)],
      hint: printedCommand(["latchkey", "ssh", decided.nameOrId, ...user, ...options]),
      exitCode: exitCodes.ok,
    };
  }
  const { reasons, hint } = refusal(decided, osUser);
  return {
    sentences: [`You can't connect to ${who}.`, ...reasons, ...routeSentence(decision)],
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
      const needed = decision.requirements === undefined ? "" : ` with ${requirementsWords(decision.requirements)}`;
      const words = ["latchkey", "request", nameOrId, "--os-user", osUser, "--reason", "why you need it", "--wait"];
      return { reasons: [`Policy requires an active access request${needed}.`], hint: printedCommand(words) };
    }
    case "instance-not-running":
      return { reasons: [`Policy permits it, but the instance is ${visible(instance.state)}.`] };
    case "no-route-to-instance":
    case "endpoint-unavailable":
    case "not-covered-by-push-tag":
      return { reasons: ["Policy permits it, but the instance is unreachable:", ...obstacles(instance)] };
    default:
      return { reasons: [`The API's code for it is ${visible(decision.code ?? "missing")}.`] };
  }
}

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
