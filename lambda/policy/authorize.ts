import type { Instance } from "../connect/instance.ts";
import type { Caller } from "../contract/caller.ts";
import type { PolicyEngine, PolicyQuestion, Verdict } from "./engine.ts";
import type { PolicyTime } from "./policy-time.ts";

/** What is known of a connection when policy is asked. */
export interface ConnectContext {
  readonly osUser: string;
  /** What the request resolved to, or what it wished for where nothing was usable. */
  readonly connectionType: string;
  readonly address?: string;
  readonly time: PolicyTime;
}

/** May the caller know that the instance exists? Asked of an absent one too, so that both answers take the same time. */
export function mayView(engine: PolicyEngine, caller: Caller, instance: Instance | undefined): instance is Instance {
  const { allowed } = engine.decide({
    principal: principalOf(caller),
    action: "view",
    resource: resourceOf(instance ?? absent),
    context: {},
  });
  return allowed && instance !== undefined;
}

/** May the caller have a key pushed, and which policies decided? */
export function mayConnect(engine: PolicyEngine, caller: Caller, instance: Instance, context: ConnectContext): Verdict {
  const { osUser, connectionType, address, time } = context;
  return engine.decide({
    principal: principalOf(caller),
    action: "connect",
    resource: resourceOf(instance),
    context: { osUser, connectionType, time: { ...time }, ...(address !== undefined && { address }) },
  });
}

const absent = { instanceId: "", accountId: "", region: "", tags: {} };

function principalOf({ id, kind, groups }: Caller): PolicyQuestion["principal"] {
  return {
    uid: { type: kind === "person" ? "Latchkey::Person" : "Latchkey::Machine", id },
    attrs: {},
    parents: groups.map((group) => ({ type: "Latchkey::Group", id: group })),
  };
}

function resourceOf({
  instanceId,
  accountId,
  region,
  vpcId,
  tags,
}: Pick<Instance, "instanceId" | "accountId" | "region" | "vpcId" | "tags">): PolicyQuestion["resource"] {
  return {
    uid: { type: "Latchkey::Instance", id: instanceId },
    attrs: { account: accountId, region, ...(vpcId !== undefined && { vpc: vpcId }) },
    parents: [],
    tags: { ...tags },
  };
}
