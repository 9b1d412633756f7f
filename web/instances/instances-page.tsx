import { useCallback } from "preact/hooks";
import type { AccessRequest, Instance } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { ShowPages } from "../api/show-pages.tsx";
import { usePages } from "../api/use-pages.ts";
import { instancesLink } from "../ui/links.ts";
import { LongRows, moveBetweenRows } from "../ui/long-rows.tsx";
import { Time } from "../ui/time.tsx";
import { FilterForm } from "./filter-form.tsx";
import { apiQuery, type Filters, filterQuery, isFiltered, readFilters } from "./filters.ts";
import { InstanceRow } from "./instance-row.tsx";
import { useOpenRequests } from "./open-requests.ts";
import { oldestSight } from "./words.ts";
import "./instances.css";

const none: readonly AccessRequest[] = [];

const handleOf = ({ accountId, region, instanceId }: Instance) => `${accountId}/${region}/${instanceId}`;

/** The instances that the caller may see. The query of the URL says which. */
export function InstancesPage({ query }: { readonly query: URLSearchParams }) {
  const filters = readFilters(query);
  const pages = usePages(
    (cursor, signal) => api().call("listInstances", { ...apiQuery(filters), limit: 100, cursor }, { signal }),
    [filterQuery(filters)],
  );
  const { value: requests = none } = useOpenRequests();
  const { tags } = filters;
  const row = useCallback(
    (instance: Instance, index: number) => (
      <InstanceRow key={handleOf(instance)} {...{ instance, index, requests, shownTags: tags }} />
    ),
    [requests, JSON.stringify(tags)],
  );
  const { count, chunks, nextCursor, loading } = pages;
  const seen = oldestSight(chunks);
  return (
    <>
      <div class="title">
        <h1>Instances</h1>
        <p class="hint" role="status">
          {count === 0 || loading === "other" ? null : (
            <>
              {count.toLocaleString()}
              {nextCursor === undefined ? "" : " or more"}
              {seen === undefined ? null : (
                <>
                  , as seen at <Time at={seen} />
                </>
              )}
            </>
          )}
        </p>
        <button type="button" class="quiet" onClick={pages.reload} disabled={loading !== undefined}>
          Refresh
        </button>
      </div>
      <FilterForm filters={filters} loaded={chunks} />
      <ShowPages of={pages} what="instances" empty={<Empty filters={filters} />}>
        {/* The links in it have the focus. */}
        <table
          class="rows instances"
          aria-rowcount={nextCursor === undefined ? count + 1 : -1}
          onKeyDown={moveBetweenRows}
        >
          <thead>
            <tr>
              <th scope="col">Instance</th>
              <th scope="col">State</th>
              <th scope="col">Account and region</th>
              <th scope="col">Addresses</th>
              <th scope="col">Reached by</th>
              <th scope="col">Tags</th>
              <th scope="col">Access</th>
            </tr>
          </thead>
          <LongRows chunks={chunks} row={row} />
        </table>
      </ShowPages>
    </>
  );
}

function Empty({ filters }: { readonly filters: Filters }) {
  if (!isFiltered(filters)) {
    return (
      <>
        <p>
          <strong>There is no instance that you may see.</strong>
        </p>
        <p>
          Policy decides who sees which. If one is missing, ask those who run Latchkey; a new instance takes a minute.
        </p>
      </>
    );
  }
  return (
    <>
      <p>
        <strong>No instance matches.</strong> Names and tags must match in upper and lower case too.
      </p>
      <a class="button" href={instancesLink()}>
        Show all instances
      </a>
    </>
  );
}
