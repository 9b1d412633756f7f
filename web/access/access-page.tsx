import { useSignal } from "@preact/signals";
import type { Caller } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { IncompleteNote } from "../api/incomplete-note.tsx";
import { me } from "../api/me.ts";
import { Problem } from "../api/problem.tsx";
import { ShowLoaded } from "../api/show-loaded.tsx";
import { useLoaded } from "../api/use-loaded.ts";
import { Field } from "../ui/field.tsx";
import { accessLink, askLink } from "../ui/links.ts";
import { useRefresh } from "../ui/use-refresh.ts";
import { type LoadedRequests, loadRequests } from "./load-requests.ts";
import { filterOf, queryOf, type RequestFilter, sectionsOf, statuses } from "./request-list.ts";
import { RequestRows } from "./request-rows.tsx";
import { stateOf } from "./request-words.ts";
import { useSend } from "./use-send.ts";

/** Milliseconds between two looks at the list. */
const interval = 15_000;

/** What one has asked for: what is active first, with the time that is left. */
export function AccessPage({ query }: { readonly query: URLSearchParams }) {
  const caller = useLoaded(me, []);
  const filter = filterOf(query);
  return (
    <>
      <div class="title">
        <h1>My access</h1>
        <a class="button main" href={askLink()}>
          Ask for access
        </a>
      </div>
      <Filters filter={filter} />
      <ShowLoaded of={caller} what="your access requests">
        {(viewer) => <Requests key={JSON.stringify(filter)} {...{ filter, viewer }} />}
      </ShowLoaded>
    </>
  );
}

function Filters({ filter }: { readonly filter: RequestFilter }) {
  const change = (changed: Partial<RequestFilter>) => {
    location.hash = accessLink(queryOf({ ...filter, ...changed }));
  };
  return (
    <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <Field label="Instance id">
        <input
          value={filter.instanceId ?? ""}
          placeholder="Any"
          onChange={(event) => change({ instanceId: event.currentTarget.value.trim() || undefined })}
        />
      </Field>
      <Field label="Status">
        <select
          value={filter.status ?? ""}
          onChange={(event) => change({ status: statuses.find((status) => status === event.currentTarget.value) })}
        >
          <option value="">Any</option>
          {statuses.map((status) => (
            <option key={status} value={status}>
              {stateOf({ status }).word}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Whose">
        <select
          value={filter.isAll ? "all" : "mine"}
          onChange={(event) => change({ isAll: event.currentTarget.value === "all" })}
        >
          <option value="mine">Mine</option>
          <option value="all">All I may see</option>
        </select>
      </Field>
    </form>
  );
}

function Requests({ filter, viewer }: { readonly filter: RequestFilter; readonly viewer: Caller }) {
  const { isAll, status, instanceId } = filter;
  const wanted = { status, instanceId, subject: isAll ? undefined : viewer.id };
  const loaded = useLoaded((signal) => loadRequests(api(), wanted, signal), [wanted]);
  const older = useSignal<LoadedRequests | undefined>(undefined);
  const { isSending, error, send } = useSend();
  useRefresh(loaded.reload, interval);
  return (
    <ShowLoaded of={loaded} what="access requests">
      {({ requests, nextCursor, incomplete }) => {
        const shown = sectionsOf([...(older.value?.requests ?? []), ...requests]);
        const cursor = older.value ? older.value.nextCursor : nextCursor;
        const showOlder = async () => {
          const page = await api().call("listAccessRequests", { ...wanted, limit: 100, cursor });
          const before = older.value?.requests ?? [];
          older.value = { requests: [...before, ...page.items], nextCursor: page.nextCursor, incomplete: [] };
        };
        return (
          <>
            <IncompleteNote of={incomplete} what="access requests" />
            {shown.length === 0 ? (
              <Nothing isFiltered={isAll || status !== undefined || instanceId !== undefined} />
            ) : null}
            {shown.map((section) => (
              <section key={section.title}>
                <h2>{section.title}</h2>
                <RequestRows requests={section.requests} viewerId={viewer.id} />
              </section>
            ))}
            {error === undefined ? null : <Problem error={error} />}
            {cursor === undefined ? null : (
              <button type="button" disabled={isSending} onClick={() => void send(showOlder)}>
                Show older requests
              </button>
            )}
          </>
        );
      }}
    </ShowLoaded>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <p class="empty">No access request matches the filters.</p>;
  return (
    <div class="empty">
      <p>You have not asked for access yet.</p>
      <p>
        If policy does not let you connect to an instance as you are, ask for access with a reason. Others approve it,
        and it ends by itself.
      </p>
    </div>
  );
}
