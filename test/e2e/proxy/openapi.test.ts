import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type RouteName, routes } from "../../../contract/routes.ts";
import {
  goodCalls,
  prepare,
  refusedCalls,
  type SampleCall,
  undescribedCalls,
  unroutedCalls,
} from "../../support/api-calls.ts";
import { callApi, fleet } from "../../support/api-client.ts";
import { useLocalStack } from "../../support/test-stack.ts";
import { openApiFile, startValidatingProxy, type ValidatingProxy } from "../../support/validating-proxy.ts";

// The keys are route names, but Object.keys returns strings.
const routeNames = Object.keys(goodCalls) as RouteName[];
const readDocument = () => JSON.parse(readFileSync(openApiFile, "utf8"));

describe("a validating proxy between client and API finds no difference", () => {
  const local = useLocalStack({ validated: true });

  const check = async (sample: SampleCall) => {
    const [, , status, code] = sample;
    const response = await callApi(local.stack.url, await prepare(sample, local.stack.url));
    expect(response).toMatchObject({ status, ...(code !== undefined && { body: { code, status } }) });
    expect(response.headers.get("content-type")).toBe(`application/${code === undefined ? "json" : "problem+json"}`);
    expect(local.proxy?.differences).toEqual([]);
    return local.proxy?.exchanges.at(-1);
  };

  describe.each(routeNames)("%s", (name) => {
    test.each(goodCalls[name].map((call) => [call[0], call] as const))("%s", async (_, call) => {
      expect(call[2]).toBe(routes[name].status);
      expect(await check(call)).toMatchObject({ described: true });
    });
  });

  test.each(refusedCalls.map((call) => [call[0], call] as const))(
    "matches the document and is rejected: %s",
    async (_, call) => {
      expect(await check(call)).toMatchObject({ described: true });
    },
  );

  test.each([...undescribedCalls, ...unroutedCalls].map((call) => [call[0], call] as const))(
    "not as described: %s",
    async (_, call) => {
      expect(await check(call)).toMatchObject({ described: false });
    },
  );

  test("GET /v1/openapi.json returns this repository's document", async () => {
    const { body } = await callApi(local.stack.url, { path: "/v1/openapi.json" });
    expect(body).toEqual(readDocument());
  });
});

describe("the proxy would find a difference", () => {
  const local = useLocalStack({ validated: false });
  let proxy: ValidatingProxy;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
    const document = path.join(directory, "openapi.json");
    await writeFile(document, JSON.stringify(spoil(readDocument())));
    proxy = await startValidatingProxy(local.stack.url, document);
  });
  afterAll(async () => {
    await proxy.stop();
    await rm(directory, { recursive: true });
  });

  const differencesOf = async (sample: SampleCall) => {
    const call = await prepare(sample, local.stack.url);
    const known = proxy.differences.length;
    await callApi(proxy.url, call);
    return proxy.differences.slice(known).join("\n");
  };

  test.each(routeNames.flatMap((name) => goodCalls[name]).map((call) => [call[0], call] as const))(
    "in the body of a good answer: %s",
    async (_, call) => {
      expect(await differencesOf(call)).toContain("must have required property 'neverThere'");
    },
  );

  test.each([...refusedCalls, ...undescribedCalls].map((call) => [call[0], call] as const))(
    "in a problem's code, and in a header: %s",
    async (_, call) => {
      const found = await differencesOf(call);
      expect(found).toContain("body.code");
      expect(found).toContain("header.cache-control");
    },
  );

  test("if the API accepts what the document rejects", async () => {
    const differences = await differencesOf(["", { path: `/v1/instances/${fleet.legacy1}`, as: "alice" }, 200]);
    expect(differences).toContain("the document rejects what the API accepts");
  });
});

/** The schemas of all successful responses. */
const schemaNames = new Set(Object.values(routes).map(({ response }) => String(response.meta()?.["id"])));

/** Makes the document wrong in every way that counts. */
function spoil(document: ReturnType<typeof readDocument>): unknown {
  const { schemas, responses, headers } = document.components;
  for (const name of schemaNames) schemas[name].required.push("neverThere");
  for (const { content } of Object.values<{ content: Record<string, { schema: { allOf: object[] } }> }>(responses)) {
    content["application/problem+json"]?.schema.allOf.push({ properties: { code: { const: "another-one" } } });
  }
  headers["Cache-Control"].schema.const = "public";
  document.paths["/v1/instances/{instanceId}"].get.parameters[0].schema.pattern = "^i-[0-9a-f]{17}$";
  return document;
}
