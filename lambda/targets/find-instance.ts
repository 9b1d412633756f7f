import type { Instance, InstanceReader } from "../shared/instance.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { Target } from "../shared/target.ts";
import type { Locate, NamedInstance } from "./locate.ts";

type OneReader = Pick<InstanceReader, "describeInstance">;

/** The instance that a request names, read live in its target. Undefined if there is none. Rejects with a Problem. */
export type FindInstance = (
  named: NamedInstance,
  context: Pick<RequestContext, "deadline" | "note">,
) => Promise<Instance | undefined>;

export function instanceFinder(locate: Locate, readerIn: (target: Target) => OneReader): FindInstance {
  return async (named, context) => {
    const location = await locate(named, context);
    const { describeInstance } = readerAt(location, readerIn(location.target));
    return describeInstance(named.instanceId, context.deadline.signal);
  };
}

/** A target's reader, as far as a request is to see: it makes the same calls for an instance that is absent. */
export function readerAt({ isAbsent }: { readonly isAbsent: boolean }, reader: OneReader): OneReader {
  if (!isAbsent) return reader;
  return {
    async describeInstance(instanceId, signal) {
      await reader.describeInstance(instanceId, signal);
      return undefined;
    },
  };
}
