import { expect, test } from "@jest/globals";
import { type ApiRoute, routes } from "../../../contract/routes.ts";
import { makeOpenApi } from "../../../lib/build/openapi.ts";
import { deployedMethods } from "../../support/deployed-methods.ts";
import { methods, operationOf } from "../../support/open-api-operation.ts";
import { synthesize } from "../../support/synthesized-stack.ts";

/** `METHOD path`, and whether a caller has to sign. */
type Served = readonly [request: string, signed: boolean];
const inOrder = (served: readonly Served[]) => [...served].sort(([a], [b]) => a.localeCompare(b));

const table = inOrder(
  Object.values<ApiRoute>(routes).map(({ method, path, authentication }) => [
    `${method} ${path}`,
    authentication === "caller",
  ]),
);

test("the deployed routes are those of the route table", () => {
  const deployed = Object.entries(deployedMethods(synthesize({})))
    // Behind ANY stands the catch-all, which answers 404 and 405.
    .filter(([request]) => !request.startsWith("ANY "))
    .map(([request, [authorization]]): Served => [request, authorization === "AWS_IAM"]);
  expect(inOrder(deployed)).toEqual(table);
});

test("the operations of the OpenAPI document are those of the route table", () => {
  const described = Object.entries(makeOpenApi().paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method): Served[] => {
      const operation = operationOf(item, method);
      return operation
        ? [[`${method} ${path}`, JSON.stringify(operation.security) === '[{"sigV4":[]},{"bearer":[]}]']]
        : [];
    }),
  );
  expect(inOrder(described)).toEqual(table);
});

test("an operation is named as its route is", () => {
  const { paths = {} } = makeOpenApi();
  for (const [name, { method, path }] of Object.entries<ApiRoute>(routes)) {
    expect(operationOf(paths[path], method)?.operationId).toBe(name);
  }
});
