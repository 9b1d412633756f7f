import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import * as z from "zod";
import { functionNames } from "../../contract/routes.ts";
import { bundleOf } from "../../lib/build/bundle.ts";
import { LatchkeyApp } from "../../lib/latchkey-app.ts";
import { LatchkeyStack } from "../../lib/latchkey-stack.ts";
import { readSettings } from "../../lib/settings.ts";

const template = z.object({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.unknown(), DeletionPolicy: z.string().optional() }),
  ),
});

export interface Resource<Properties> {
  /** The resource's logical id; what others refer to it by. */
  readonly id: string;
  readonly properties: Properties;
  readonly deletionPolicy: string | undefined;
}

export interface SynthesizedStack {
  /** The template's resources of one type, with every token resolved as in `resolve`. */
  all<Properties>(type: `AWS::${string}`, properties: z.ZodType<Properties>): readonly Resource<Properties>[];
  /** All of the template's resources by logical id, resolved in the same way, without CDK's own metadata. */
  resolved: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
  /** The construct itself. */
  stack: LatchkeyStack;
}

/**
 * Synthesizes the stack with stubs of the functions' bundles.
 *
 * @throws Error where cdk-nag finds what nobody has acknowledged.
 */
export function synthesize(settings: unknown): SynthesizedStack {
  const directory = mkdtempSync(path.join(tmpdir(), "latchkey-"));
  try {
    for (const name of functionNames) {
      mkdirSync(bundleOf(directory, name));
      writeFileSync(path.join(bundleOf(directory, name), "index.cjs"), `// ${name}`);
    }
    const app = new LatchkeyApp({
      outdir: path.join(directory, "cdk.out"),
      context: { "aws:cdk:bundling-stacks": [] },
    });
    const stack = new LatchkeyStack(app, "Latchkey", { settings: readSettings(settings), bundles: directory });
    const { Resources } = template.parse(Template.fromStack(stack).toJSON());
    return {
      stack,
      resolved: Object.fromEntries(
        Object.entries(Resources).map(([id, { Properties, Metadata: _, ...resource }]) => [
          id,
          { ...resource, Properties: resolve(Properties, Resources) },
        ]),
      ),
      all: (wanted, properties) =>
        Object.entries(Resources).flatMap(([id, { Type, Properties, DeletionPolicy }]) =>
          Type === wanted
            ? [{ id, properties: properties.parse(resolve(Properties, Resources)), deletionPolicy: DeletionPolicy }]
            : [],
        ),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const pseudoParameters: Readonly<Record<string, string>> = {
  "AWS::Partition": "aws",
  "AWS::Region": "us-east-1",
  "AWS::AccountId": "111122223333",
};

/** The ARN that a resource has in the account of the tests: its logical id stands for its name. */
const arns: Readonly<Record<string, (id: string) => string>> = {
  "AWS::IAM::Role": (id) => `arn:aws:iam::111122223333:role/${id}`,
  "AWS::DynamoDB::GlobalTable": (id) => `arn:aws:dynamodb:us-east-1:111122223333:table/${id}`,
  "AWS::Events::EventBus": (id) => `arn:aws:events:us-east-1:111122223333:event-bus/${id}`,
  "AWS::Events::Rule": (id) => `arn:aws:events:us-east-1:111122223333:rule/${id}`,
  "AWS::SQS::Queue": (id) => `arn:aws:sqs:us-east-1:111122223333:${id}`,
  "AWS::Logs::LogGroup": (id) => `arn:aws:logs:us-east-1:111122223333:log-group:${id}:*`,
  "AWS::Lambda::Function": (id) => `arn:aws:lambda:us-east-1:111122223333:function:${id}`,
};

const token = z.union([
  z.strictObject({ Ref: z.string() }),
  z.strictObject({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) }),
  z.strictObject({ "Fn::Join": z.tuple([z.string(), z.array(z.unknown())]) }),
  z.strictObject({ "Fn::Sub": z.string() }),
]);

/** CloudFormation's functions, as far as the stack uses them; a resource's `Ref` is its logical id. */
function resolve(value: unknown, resources: z.infer<typeof template>["Resources"]): unknown {
  const again = (part: unknown) => resolve(part, resources);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(again);
  const { success, data } = token.safeParse(value);
  if (!success) return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, again(part)]));
  if ("Ref" in data) return pseudoParameters[data.Ref] ?? data.Ref;
  if ("Fn::Join" in data) return data["Fn::Join"][1].map(again).join(data["Fn::Join"][0]);
  if ("Fn::Sub" in data) return data["Fn::Sub"];
  const [id, attribute] = data["Fn::GetAtt"];
  const arn = arns[resources[id]?.Type ?? ""];
  if (attribute === "StreamArn" && arn) return `${arn(id)}/stream/2026-01-01T00:00:00.000`;
  return attribute === "Arn" && arn ? arn(id) : `${id}.${attribute}`;
}
