import { describe, expect, test } from "@jest/globals";
import { apiQuery, filterQuery, isFiltered, readFilters, searchText } from "../../../web/instances/filters.ts";
import { instancesLink } from "../../../web/ui/links.ts";

const full = {
  name: "web",
  address: "10.0.1.20",
  state: "running",
  accountId: "111122223333",
  region: "us-east-1",
  tags: { env: "prod", "a=b&c": "é %2F", __proto__: "x" },
};

test("a link has every filter, and the page reads it back", () => {
  const [, search] = instancesLink(filterQuery(full)).split("?");
  expect(readFilters(new URLSearchParams(search))).toEqual(full);
});

test("what the URL says beyond that is no filter", () => {
  expect(readFilters(new URLSearchParams("colour=red&limit=5&tag=x&name="))).toEqual({ tags: {} });
});

test("the API is asked for names that start so, and for the tags", () => {
  const { name, tags, ...others } = full;
  expect(apiQuery({ ...others, name, tags: { env: "prod" } })).toEqual({
    ...others,
    namePrefix: "web",
    "tag.env": "prod",
  });
});

describe("whether a list is filtered", () => {
  test.each([
    [{ tags: {} }, false],
    [{ tags: {}, name: "", region: undefined }, false],
    [{ tags: { env: "" } }, true],
    [{ tags: {}, state: "running" }, true],
  ])("%j: %s", (filters, is) => {
    expect(isFiltered(filters)).toBe(is);
  });
});

test("the search box holds the name or the address that is asked for", () => {
  expect([full, { address: "10.0.1.20", tags: {} }, { tags: {} }].map(searchText)).toEqual(["web", "10.0.1.20", ""]);
});
