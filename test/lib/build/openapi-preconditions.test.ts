import { expect, test } from "@jest/globals";
import { type ApiRoute, routes } from "../../../contract/routes.ts";
import { makeOpenApi } from "../../../lib/build/openapi.ts";
import { operationOf } from "../../support/open-api-operation.ts";

const { paths = {} } = makeOpenApi();

test.each(Object.entries<ApiRoute>(routes))("%s describes its ETag and preconditions, if it has any", (_, route) => {
  const { method, path, status, isVersioned = false } = route;
  const operation = operationOf(paths[path], method);
  expect(JSON.stringify(operation?.responses?.[status]).includes("#/components/headers/ETag")).toBe(isVersioned);
  const names = (operation?.parameters ?? []).flatMap((parameter) => ("in" in parameter ? parameter.name : []));
  const isReplacing = isVersioned && method === "PUT";
  expect(names.filter((name) => name.startsWith("If-"))).toEqual(isReplacing ? ["If-Match", "If-None-Match"] : []);
  expect(Object.keys(operation?.responses ?? {}).filter((code) => ["412", "428"].includes(code))).toEqual(
    isReplacing ? ["412", "428"] : [],
  );
});
