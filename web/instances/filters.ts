import type { Operations } from "../../sdk/types.ts";

/** What narrows the list of instances: all of it stands in the page's URL. */
export interface Filters {
  /** How the tag `Name` starts. */
  readonly name?: string | undefined;
  /** An IP address, or AWS's DNS name for one. */
  readonly address?: string | undefined;
  readonly state?: string | undefined;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

const fields = ["name", "address", "state", "accountId", "region"] as const;

/** Reads the query of the page's URL, as `filterQuery` makes it. Whether the values make sense is the API's to say. */
export function readFilters(query: URLSearchParams): Filters {
  const given = fields.flatMap((field) => (query.get(field) ? [[field, query.get(field)]] : []));
  const tags = [...query].flatMap(([name, value]) => (/^tag\../s.test(name) ? [[name.slice(4), value] as const] : []));
  // fromEntries defines even the key __proto__ as a key of its own.
  return { ...Object.fromEntries(given), tags: Object.fromEntries(tags) };
}

/** For the URL of the page. */
export function filterQuery({ tags, ...others }: Filters): Record<string, string> {
  const given = Object.entries(others).filter((entry): entry is [string, string] => !!entry[1]);
  return Object.fromEntries([...given, ...tagQuery(tags)]);
}

type ApiQuery = NonNullable<Operations["listInstances"]["input"]>;

/** For the API, which says so if it does not know a value. */
export const apiQuery = ({ tags, name, state, ...others }: Filters): ApiQuery => ({
  ...others,
  namePrefix: name,
  state: state as ApiQuery["state"],
  ...(Object.fromEntries(tagQuery(tags)) as Record<`tag.${string}`, string>),
});

const tagQuery = (tags: Filters["tags"]) => Object.entries(tags).map(([key, value]) => [`tag.${key}`, value] as const);

export const isFiltered = (filters: Filters) => Object.keys(filterQuery(filters)).length > 0;

/** What the search box holds for these filters. */
export const searchText = ({ name, address }: Filters) => name ?? address ?? "";
