import { expect, test } from "@jest/globals";
import { type ApiRoute, routes } from "../../../contract/routes.ts";
import { makeOpenApi } from "../../../lib/build/openapi.ts";
import { operationOf } from "../../support/open-api-operation.ts";

const { paths = {} } = makeOpenApi();
const table = Object.entries<ApiRoute>(routes);

test.each(table)("%s describes the Idempotency-Key, if it takes one", (_, { method, path, isIdempotent = false }) => {
  const operation = operationOf(paths[path], method);
  const headers = (operation?.parameters ?? []).filter(
    (parameter) => "in" in parameter && parameter.name === "Idempotency-Key",
  );
  const pattern = "^[!-~]{8,128}$";
  expect(headers).toEqual(
    isIdempotent
      ? [expect.objectContaining({ name: "Idempotency-Key", required: false, schema: { type: "string", pattern } })]
      : [],
  );
  const described = JSON.stringify([operation?.responses?.["409"], operation?.responses?.["422"]]);
  expect(described.includes("idempotency-in-progress")).toBe(isIdempotent);
  expect(described.includes("idempotency-mismatch")).toBe(isIdempotent);
});

test("every POST takes one, but for the one that changes nothing", () => {
  const without = table.filter(([, { method, isIdempotent }]) => method === "POST" && !isIdempotent);
  expect(without.map(([name]) => name)).toEqual(["decide"]);
});
