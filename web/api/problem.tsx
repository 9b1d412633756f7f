import { useEffect } from "preact/hooks";
import { NetworkError } from "../../sdk/index.ts";
import { isOnline } from "../ui/online.ts";
import { helpFor } from "./help.ts";

interface ProblemProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** An error as help: what happened, what to do, and what to tell those who look into it. Without a network, it waits for one. */
export function Problem({ error, onRetry }: ProblemProps) {
  const { title, detail, faults, canRetry, retryAfter, requestId, page } = helpFor(error, isOnline.value);
  useEffect(() => {
    if (!onRetry || !(error instanceof NetworkError)) return;
    addEventListener("online", onRetry);
    return () => removeEventListener("online", onRetry);
  }, [error, onRetry]);
  return (
    <section class="problem" role="alert">
      <h2>{title}</h2>
      <p>
        <bdi>{detail}</bdi>
      </p>
      {faults.length > 0 ? (
        <ul>
          {faults.map(({ pointer, detail: fault }) => (
            <li key={pointer}>
              <bdi>{fault}</bdi>
            </li>
          ))}
        </ul>
      ) : null}
      {retryAfter === undefined ? null : <p>Try again in {retryAfter} s.</p>}
      {onRetry && canRetry ? (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      ) : null}
      {page === undefined && requestId === undefined ? null : (
        <p class="hint">
          {page === undefined ? null : (
            <>
              Documentation: <code>{page}</code>.{" "}
            </>
          )}
          {requestId === undefined ? null : (
            <>
              Request <code>{requestId}</code>.
            </>
          )}
        </p>
      )}
    </section>
  );
}
