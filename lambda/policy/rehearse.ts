import type { Caller } from "../../contract/caller.ts";
import { mayView, principalOf, resourceOf } from "./authorize.ts";
import type { Decider } from "./engine.ts";

const nobody: Caller = { id: "nobody", kind: "machine", groups: [], frontDoor: "iam", sources: [] };

/** Decides whether nobody may see an absent instance, as every function will: Cedar's functions are compiled by that. */
export function rehearse(engine: Decider): void {
  mayView(engine, nobody, undefined);
}

/** The same, and whether they may connect to it: the policies for that are parsed too. */
export function rehearseConnection(engine: Decider): void {
  rehearse(engine);
  const access = { scope: "", approvals: 0, integrations: [], breakGlass: false, reason: "", expiresAt: 0 };
  engine.decide({
    principal: principalOf(nobody, engine.nameDomain),
    action: "connect",
    resource: resourceOf({ instanceId: "", accountId: "", region: "", tags: {} }),
    context: { osUser: "", connectionType: "", hostKeyTrust: 0, time: { epoch: 0, hour: 0, weekday: 1 }, access },
  });
}
