import { useSignal } from "@preact/signals";
import { IncompleteNote } from "../api/incomplete-note.tsx";
import { Problem } from "../api/problem.tsx";
import { now } from "../ui/now.ts";
import { saveFile } from "../ui/save-file.ts";
import { csvDownload, jsonDownload } from "./download.ts";
import { EventTable } from "./event-table.tsx";
import { FilterForm, Periods } from "./filter-form.tsx";
import { readFilters } from "./filters.ts";
import { useFollow } from "./use-follow.ts";
import { useTrail } from "./use-trail.ts";

/** What happened on the instances whose trail one may read, newest first. */
export function AuditPage({ query }: { readonly query: URLSearchParams }) {
  const filters = readFilters(query);
  const key = JSON.stringify(filters);
  const { loaded, reading, readOn, addNewer } = useTrail(filters);
  const isFollowing = useSignal(false);
  const hasEnd = filters.to !== undefined;
  const isOn = isFollowing.value && !hasEnd;
  const hasFailed = useFollow({ isOn, reading, key, onFound: addNewer });
  const { trail, isLoading, error } = loaded;
  const { events, nextCursor, incomplete } = trail;
  return (
    <>
      <h1>Audit</h1>
      <div class="bar">
        <Periods filters={filters} />
        <div class="actions">
          <button
            type="button"
            aria-pressed={isOn}
            disabled={hasEnd}
            title={hasEnd ? "The period has an end" : undefined}
            onClick={() => {
              isFollowing.value = !isFollowing.value;
            }}
          >
            Follow
          </button>
          <button
            type="button"
            disabled={events.length === 0}
            onClick={() => saveFile(csvDownload(events, now.peek()))}
          >
            Save CSV
          </button>
          <button
            type="button"
            disabled={events.length === 0}
            onClick={() => saveFile(jsonDownload(events, now.peek()))}
          >
            Save JSON
          </button>
        </div>
      </div>
      <FilterForm filters={filters} error={error} />
      <p class="hint" role="status">
        {summary(events.length, nextCursor !== undefined, isLoading)}
        {isOn ? ` ${hasFailed ? "The last look for new ones failed; the next follows." : "New ones are added."}` : ""}
      </p>
      <IncompleteNote of={incomplete} what="events" />
      <div aria-busy={isLoading}>
        {events.length > 0 ? <EventTable events={events} /> : null}
        {error === undefined ? null : <Problem error={error} onRetry={() => void readOn()} />}
        {isLoading ? <p class="loading">Loading events…</p> : null}
        {events.length === 0 && !isLoading && error === undefined && nextCursor === undefined ? (
          <p class="empty">There are no such events that you may read.</p>
        ) : null}
        {nextCursor !== undefined && !isLoading && error === undefined ? (
          <p class="actions">
            <button type="button" onClick={() => void readOn()}>
              {events.length === 0 ? "Look further back" : "Load more"}
            </button>
          </p>
        ) : null}
      </div>
    </>
  );
}

function summary(count: number, hasMore: boolean, isLoading: boolean): string {
  if (count === 0) return hasMore && !isLoading ? "None found so far, and there are older events." : "";
  const events = `${count} event${count === 1 ? "" : "s"}`;
  return hasMore ? `The newest ${events}.` : `${events}, newest first.`;
}
