import { Problem } from "../api/problem.tsx";
import { requestLink } from "../ui/links.ts";
import { State } from "../ui/state.tsx";
import type { Verdict as VerdictWords } from "./decision-words.ts";

interface VerdictProps {
  /** Undefined: nothing has been decided. */
  readonly verdict: VerdictWords | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** What policy says: the verdict, why, and the access request that it is about. */
export function Verdict({ verdict, error, isLoading, reload }: VerdictProps) {
  if (error !== undefined) return <Problem error={error} onRetry={reload} />;
  return (
    <div class="verdict" role="status">
      {verdict === undefined ? (
        <State tone="neutral">{isLoading ? "Evaluating policy…" : "Not decided"}</State>
      ) : (
        <>
          <State tone={verdict.tone}>{verdict.title}</State>
          {verdict.details.map((detail) => (
            <p class="hint" key={detail}>
              <bdi>{detail}</bdi>
            </p>
          ))}
          {verdict.accessRequestId === undefined ? null : (
            <p class="hint">
              <a href={requestLink(verdict.accessRequestId)}>
                {verdict.next === "connect" ? "By this access request" : "The access request"}
              </a>
            </p>
          )}
        </>
      )}
    </div>
  );
}
