export type Tags = Readonly<Record<string, string>>;

/** Tags as the query of a link, or of the API: `tag.env=dev`. */
export const tagQuery = (tags: Tags): Record<`tag.${string}`, string> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`tag.${key}`, value]));

/** The tags in the query of a link. Defines even the key `__proto__` as a key of its own. */
export const tagsInQuery = (query: URLSearchParams): Tags =>
  Object.fromEntries([...query].flatMap(([name, value]) => (/^tag\../s.test(name) ? [[name.slice(4), value]] : [])));
