import type { Decision } from "../../sdk/types.ts";
import { Problem } from "../api/problem.tsx";
import type { Loaded } from "../api/use-loaded.ts";
import { type InstanceAddress, instanceLink, requestLink } from "../ui/links.ts";
import { State } from "../ui/state.tsx";
import { outlookOf } from "./decision-words.ts";

interface OutlookProps {
  readonly decision: Loaded<Decision | undefined>;
  /** What it is about. */
  readonly asked: InstanceAddress;
  /** Whether the access would be the caller's own. */
  readonly isOwn: boolean;
}

const states = { good: "No approval needed", waiting: "Approval needed", bad: "Not possible" } as const;

/** What policy says before anything is asked: how many approvals, and whose. */
export function OutlookCard({ decision: { value, error, reload }, asked, isOwn }: OutlookProps) {
  if (error !== undefined) return <Problem error={error} onRetry={reload} />;
  const outlook = value && outlookOf(value, isOwn);
  return (
    <div class="card outlook" role="status">
      {outlook === undefined ? (
        <p>Evaluating policy…</p>
      ) : (
        <>
          <p>
            <State tone={outlook.tone}>{states[outlook.tone]}</State>
          </p>
          <p>{outlook.words}</p>
          {outlook.reviewers === undefined ? null : (
            <p class="hint">
              Can approve: <bdi>{outlook.reviewers}</bdi>
            </p>
          )}
          {value?.decision === "allow" && isOwn ? (
            <p>
              <a href={instanceLink(asked)}>Connect to it</a>
            </p>
          ) : null}
          {outlook.accessRequestId === undefined ? null : (
            <p>
              <a href={requestLink(outlook.accessRequestId)}>Show the access request</a>
            </p>
          )}
        </>
      )}
    </div>
  );
}
