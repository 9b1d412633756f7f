import { test } from "node:test";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import cdk from "./cdk.json" with { type: "json" };
import { SshAccess } from "./ssh-access.ts";

const template = Template.fromStack(new SshAccess(new App({ context: cdk.context }), "Latchkey"));
const resources = Object.entries<{ Type: string; Properties?: unknown }>(template.toJSON().Resources);

test("what must never be replaced keeps its logical id", (t) => {
  const kept = /^AWS::(DynamoDB::GlobalTable|Events::EventBus|ApiGateway::RestApi|IAM::ManagedPolicy)$/;
  const ids = resources.filter(([, { Type }]) => kept.test(Type)).map(([id, { Type }]) => `${Type} ${id}`);
  t.assert.snapshot(ids.sort());
});

test("what this team adds", (t) => {
  const own = /^(Security|BreakGlass|ManyRefusals|Dashboard)/;
  t.assert.snapshot(Object.fromEntries(resources.filter(([id]) => own.test(id))));
});
