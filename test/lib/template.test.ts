import { expect, test } from "@jest/globals";
import { type SynthesizedStack, synthesize } from "../support/synthesized-stack.ts";
import { everySetting } from "../support/template-settings.ts";

const byDefault = synthesize({});
const withEverySetting = synthesize(everySetting);

test("the template, as the default settings make it", () => {
  expect(readable(byDefault)).toMatchSnapshot();
});

test("what of it every setting changes: resources as they are then, and those that are left out", () => {
  const [before, after] = [readable(byDefault), readable(withEverySetting)];
  const changed = Object.entries({ ...before, ...after })
    .map(([id]) => [id, after[id] ?? "left out"] as const)
    .filter(([id, resource]) => JSON.stringify(resource) !== JSON.stringify(before[id]));
  expect(Object.fromEntries(changed)).toMatchSnapshot();
});

/** Resources that exist for each route or gateway response: a line each. */
const numerous = ["ApiGateway::Method", "ApiGateway::Resource", "ApiGateway::GatewayResponse", "Lambda::Permission"];

/** Without the hashes of assets and of the deployment, which say nothing to a reader. */
function readable({ resolved }: SynthesizedStack): Record<string, unknown> {
  const text = JSON.stringify(resolved)
    .replace(/\b[0-9a-f]{64}\.zip\b/g, "asset.zip")
    .replace(/\b(ApiDeployment)[0-9A-F]{8}[0-9a-f]{32}\b/g, "$1");
  const resources: typeof resolved = JSON.parse(text, withoutOwnTest);
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => {
      const { Type, Properties } = resource;
      return [id, numerous.includes(Type.replace("AWS::", "")) ? oneLine(Type, Properties) : resource];
    }),
  );
}

/** The key is on nearly every resource, and the boundary on every role: tests of their own look for them there. */
function withoutOwnTest(name: string, value: unknown): unknown {
  if (/^Kms\w*Key|^SSESpecification$|^PermissionsBoundary$/.test(name) || value === everySetting.rolePath)
    return undefined;
  return Array.isArray(value) ? value.filter((each) => each?.Action !== "kms:Decrypt") : value;
}

/** Without quotation marks, which a snapshot would escape. */
const oneLine = (type: string, properties: unknown) => `${type} ${JSON.stringify(properties).replaceAll('"', "")}`;
