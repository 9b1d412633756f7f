import { describe, expect, test } from "@jest/globals";
import { routes } from "../../../contract/routes.ts";
import { parseRequest } from "../../../lambda/http/parse-request.ts";
import { problemFrom } from "../../support/problems.ts";
import { restEvent } from "../../support/rest-event.ts";

const { whoAmI, listInstances } = routes;
const parsed = (change: Partial<Parameters<typeof restEvent>[0]>) =>
  parseRequest(whoAmI, restEvent({ resource: whoAmI.path, headers: {}, ...change }));

/** Bytes that remain for headers beside the path. */
const left = 10_240 - whoAmI.path.length;

describe("path, query and headers together may have 10,240 bytes", () => {
  test.each([
    ["one long header", { headers: { X: ["x".repeat(left)] } }],
    ["many headers of one name", { headers: { Cookie: Array.from({ length: 11 }, () => "c".repeat(1000)) } }],
    ["a header of fewer characters, but more bytes", { headers: { X: ["é".repeat(left / 2)] } }],
    ["a long path", { resource: `/${"p".repeat(10_240)}` }],
    ["a long query, of parameters that are not known", { query: { q: ["x".repeat(left)] } }],
  ])("%s is too large", async (_, change) => {
    expect(await problemFrom(() => parsed(change))).toMatchObject({ code: "payload-too-large" });
  });

  test("exactly 10,240 bytes are accepted", () => {
    expect(parsed({ headers: { X: ["x".repeat(left - 1)] } })).toMatchObject({ query: {} });
  });

  test("the size is checked before the query's content", async () => {
    const event = restEvent({ resource: listInstances.path, query: { limit: ["x".repeat(10_240)] } });
    expect(await problemFrom(() => parseRequest(listInstances, event))).toMatchObject({ code: "payload-too-large" });
  });
});
