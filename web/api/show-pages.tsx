import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { IncompleteNote } from "./incomplete-note.tsx";
import { Problem } from "./problem.tsx";
import type { Pages } from "./use-pages.ts";

interface ShowPagesProps {
  readonly of: Pages<unknown>;
  /** What is listed, for those who wait: "instances". */
  readonly what: string;
  /** What stands there if the list has nothing. */
  readonly empty: ComponentChildren;
  /** The rows. */
  readonly children: ComponentChildren;
}

/** A list, of which more is loaded as its end comes into view; that it loads; that it is empty; or why it is not there. */
export function ShowPages({ of, what, empty, children }: ShowPagesProps) {
  const { count, loading, error, nextCursor, incomplete, reload, more } = of;
  const isDone = loading === undefined && error === undefined && nextCursor === undefined;
  return (
    <div class="loaded" aria-busy={loading !== undefined} data-stale={loading === "other" && count > 0}>
      <IncompleteNote of={incomplete} what={what} />
      {count > 0 ? children : null}
      {count === 0 && isDone ? <div class="empty">{empty}</div> : null}
      {error === undefined ? null : (
        <Problem error={error} onRetry={count > 0 && nextCursor !== undefined ? more : reload} />
      )}
      {error === undefined && (loading !== undefined || nextCursor !== undefined) ? (
        <End what={what} count={count} isLoading={loading !== undefined} more={more} />
      ) : null}
    </div>
  );
}

interface EndProps {
  readonly what: string;
  readonly count: number;
  readonly isLoading: boolean;
  readonly more: () => void;
}

/** The end of what is there. Near the screen, it loads more. */
function End({ what, count, isLoading, more }: EndProps) {
  const element = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (isLoading || element.current === null) return;
    const observer = new IntersectionObserver((entries) => entries.at(-1)?.isIntersecting && more(), {
      rootMargin: "800px",
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [isLoading, count, more]);
  return (
    <p class="loading" role="status" ref={element}>
      {isLoading ? `Loading ${count > 0 ? "more " : ""}${what}…` : null}
      {isLoading ? null : (
        <button type="button" onClick={more}>
          Load more
        </button>
      )}
    </p>
  );
}
