import type { ComponentChildren } from "preact";
import { Problem } from "./problem.tsx";
import type { Loaded } from "./use-loaded.ts";

interface ShowLoadedProps<Value> {
  readonly of: Loaded<Value>;
  /** What is loaded, for those who wait: "instances". */
  readonly what: string;
  readonly children: (value: Value) => ComponentChildren;
}

/** What was loaded; that it loads; or why it did not, beside what was there before. */
export function ShowLoaded<Value>({ of: { value, error, isLoading, reload }, what, children }: ShowLoadedProps<Value>) {
  return (
    <div class="loaded" aria-busy={isLoading}>
      {error === undefined ? null : <Problem error={error} onRetry={reload} />}
      {value === undefined && isLoading ? (
        <p class="loading" role="status">
          Loading {what}…
        </p>
      ) : null}
      {value === undefined ? null : children(value)}
    </div>
  );
}
