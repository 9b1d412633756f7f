import * as z from "zod";
import { decision as decisionSchema } from "../../contract/decision.ts";
import { togetherInTarget } from "../../contract/scope.ts";
import type { Decision } from "../../sdk/types.ts";
import { explain } from "../instances/explain-decision.ts";
import { type Grounds, refuseCommand } from "./command-permission.ts";
import { nextStep } from "./next-step.ts";
import { asOsUser, keyOf } from "./one-instance.ts";
import { type ToolCall, toolOf } from "./tool.ts";

const { policies, code, accessRequestId } = decisionSchema.shape;

export const explainAccess = toolOf({
  name: "explain_access",
  title: "Explain access to an instance",
  description:
    "Says whether your user may connect to an instance now, which policies decide, what an access request would need and who could approve it, and whether run_command would run here. Changes nothing: it asks for no access, pushes no key and connects to nothing.",
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: togetherInTarget(z.strictObject(asOsUser)),
  output: z.object({
    decision: z.string().describe("`allow` or `deny`: whether your user may connect now."),
    ...{ code, policies, accessRequestId },
    mayRunCommand: z.boolean().describe("Whether run_command would run a command here now."),
  }),
  run: async (call, input) => {
    const { ports, signal } = call;
    const { osUser } = input;
    const [decision, instance] = await Promise.all([
      ports.call("decide", { ...keyOf(input), osUser }, { signal }),
      ports.call("getInstance", keyOf(input), { signal }),
    ]);
    // Its name is text that others have written.
    const { name: _, ...unnamed } = instance;
    const { sentences } = explain({ decision, instance: unnamed, handle: input.instanceId, requested: { osUser } });
    const refusal = decision.decision === "allow" ? await refusalOf(call, decision) : undefined;
    return {
      words: [...sentences, ...verdict(decision, refusal)],
      output: {
        decision: decision.decision,
        policies: decision.policies,
        ...(decision.code !== undefined && { code: decision.code }),
        ...(decision.accessRequestId !== undefined && { accessRequestId: decision.accessRequestId }),
        mayRunCommand: decision.decision === "allow" && refusal === undefined,
      },
    };
  },
});

function verdict({ decision, code = "" }: Decision, refusal: ReturnType<typeof refuseCommand>): string[] {
  if (decision !== "allow") return [`Next: ${nextStep({ problem: { code } })}`];
  if (refusal === undefined) return ["run_command can run a command here."];
  return [`run_command would refuse: ${refusal.why}.`, `Next: ${refusal.next}`];
}

/** Why `run_command` would not use a connection that policy permits. */
export async function refusalOf(call: ToolCall, decision: Pick<Decision, "accessRequestId">) {
  return refuseCommand(await groundsOf(call, decision.accessRequestId), call.allowStanding);
}

async function groundsOf({ ports, signal }: ToolCall, id: string | undefined): Promise<Grounds> {
  return id === undefined ? undefined : ports.call("getAccessRequest", { id }, { signal });
}
