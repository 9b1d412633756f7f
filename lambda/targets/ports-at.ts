import type { InstanceReader } from "../shared/instance.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { Target } from "../shared/target.ts";
import { readerAt } from "./find-instance.ts";
import type { Locate, NamedInstance } from "./locate.ts";

interface OfTarget {
  readonly instances: Pick<InstanceReader, "describeInstance">;
}

/**
 * What a request about one instance needs in that instance's target, and which target it is about.
 *
 * @param portsIn those of each target.
 */
export function portsAt<Ports extends OfTarget>(locate: Locate, portsIn: (target: Target) => Ports) {
  return async (
    named: NamedInstance,
    context: Pick<RequestContext, "deadline" | "note">,
  ): Promise<Ports & { readonly target: Target }> => {
    const location = await locate(named, context);
    const ports = portsIn(location.target);
    return { ...ports, instances: readerAt(location, ports.instances), target: location.target };
  };
}
