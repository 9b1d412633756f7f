import type { AccessRequest, Decision, Instance, Operations } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { type Loaded, useLoaded } from "../api/use-loaded.ts";
import { useDelayed } from "../ui/use-delayed.ts";
import { type Verdict, verdictOf } from "./decision-words.ts";

/** Milliseconds after the last change of the form. */
const pause = 350;

interface EvaluatedConnection extends Pick<Loaded<unknown>, "error" | "isLoading" | "reload"> {
  readonly decision: Decision | undefined;
  readonly verdict: Verdict | undefined;
}

/**
 * What policy says of a connection, before anybody makes it.
 *
 * @param options undefined: nothing is asked
 * @param requests the caller's open access requests for the instance: when they change, so may the decision
 */
export function useVerdict(
  options: Operations["decide"]["input"] | undefined,
  instance: Instance,
  requests: readonly AccessRequest[],
): EvaluatedConnection {
  const asked = JSON.stringify(options);
  const settled = useDelayed(asked, pause);
  const { value, error, isLoading, reload } = useLoaded(
    async (signal) => settled && api().call("decide", JSON.parse(settled) as NonNullable<typeof options>, { signal }),
    [settled, instance.state, requests.map(({ id, status, updatedAt }) => [id, status, updatedAt])],
  );
  const isCurrent = asked === settled;
  const decision = (isCurrent && value) || undefined;
  const verdict = decision && verdictOf(decision, instance, options?.connectionType);
  return { decision, verdict, error: isCurrent ? error : undefined, isLoading: isLoading || !isCurrent, reload };
}
