import type { Operations } from "../../sdk/types.ts";
import { type Tags, tagQuery, tagsInQuery } from "../ui/tag-query.ts";

/** What narrows the list of instances. The page's URL holds all of it. */
export interface Filters {
  /** How the tag `Name` starts. */
  readonly name?: string | undefined;
  /** An IP address, or AWS's DNS name for one. */
  readonly address?: string | undefined;
  readonly state?: string | undefined;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
  readonly tags: Tags;
}

const fields = ["name", "address", "state", "accountId", "region"] as const;

/** Reads the query of the page's URL, as `filterQuery` makes it. Whether the values make sense is the API's to say. */
export function readFilters(query: URLSearchParams): Filters {
  const given = fields.flatMap((field) => (query.get(field) ? [[field, query.get(field)]] : []));
  return { ...Object.fromEntries(given), tags: tagsInQuery(query) };
}

/** For the URL of the page. */
export function filterQuery({ tags, ...others }: Filters): Record<string, string> {
  const given = Object.entries(others).filter((entry): entry is [string, string] => !!entry[1]);
  return { ...Object.fromEntries(given), ...tagQuery(tags) };
}

type ApiQuery = NonNullable<Operations["listInstances"]["input"]>;

/** For the API, which says so if it does not know a value. */
export const apiQuery = ({ tags, name, state, ...others }: Filters): ApiQuery => ({
  ...others,
  namePrefix: name,
  state: state as ApiQuery["state"],
  ...tagQuery(tags),
});

export const isFiltered = (filters: Filters) => Object.keys(filterQuery(filters)).length > 0;

/** What the search box holds for these filters. */
export const searchText = ({ name, address }: Filters) => name ?? address ?? "";
