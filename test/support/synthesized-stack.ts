import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { everySetting, withCloudFront } from "./template-settings.ts";

const resources = z.record(
  z.string(),
  z.looseObject({ Type: z.string(), Properties: z.unknown(), DeletionPolicy: z.string().optional() }),
);

/** The files through which suites share stacks. They are removed before each run. */
export const synthesizedStacks = path.resolve(import.meta.dirname, "../../build/synthesized-stacks");

/** The output of `synthesize.ts`. */
const synthesis = z.object({
  stackName: z.string(),
  /** What the CDK's command says at each synthesis. */
  warnings: z.array(z.string()),
  hints: z.array(z.string()),
  template: z.object({ Resources: resources, Outputs: z.record(z.string(), z.object({ Value: z.unknown() })) }),
  /** Of this stack and of one with another name: the metrics of its alarms, and the names under which its functions write theirs. */
  metrics: z.array(z.object({ stackName: z.string(), watched: z.array(z.string()), written: z.array(z.unknown()) })),
  nag: z.object({
    /** The rules that each construct has acknowledged, with the reason. */
    acknowledged: z.array(z.object({ path: z.string(), rules: z.record(z.string(), z.string()) })),
    unacknowledged: z.array(z.string()),
    all: z.array(z.string()),
    errorOfCarelessApp: z.string(),
  }),
  /** The periods that CloudWatch Logs knows, without the endless one. */
  retentionDays: z.array(z.number()),
  gatewayResponseTypes: z.array(z.string()),
  /** What synthesis throws for a key of us-east-1 in a stack of eu-west-1. */
  errorOfForeignKey: z.string(),
  /** What synthesis throws for a stack of eu-west-1 with targets whose hub is in us-east-1. */
  errorOfOtherHub: z.string(),
  /** What synthesis throws with `fips` on, by region. */
  errorOfFipsIn: z.record(z.string(), z.string()),
});

export interface Resource<Properties> {
  /** The resource's logical id, by which others refer to it. */
  readonly id: string;
  readonly properties: Properties;
  readonly deletionPolicy: string | undefined;
}

/** What a template says. */
export interface ReadTemplate {
  /** The template's resources of one type, with every token resolved as in `resolve`. */
  all<Properties>(type: `AWS::${string}`, properties: z.ZodType<Properties>): readonly Resource<Properties>[];
  /** All of the template's resources by logical id, resolved in the same way, without CDK's own metadata. */
  resolved: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}

export interface SynthesizedStack extends ReadTemplate, Omit<z.infer<typeof synthesis>, "template"> {
  /** The values of the stack's outputs, resolved in the same way. */
  outputs: Readonly<Record<string, unknown>>;
}

/** The settings of the stacks that tests look at: none, all, and the console that goes without some of these. */
const settingsOfTests = [{}, everySetting, withCloudFront].map((settings) => JSON.stringify(settings));

/**
 * The stack under these settings, as a CDK app synthesizes it.
 *
 * @throws Error for other settings than those of the tests, or if cdk-nag has a finding that nobody has acknowledged.
 */
export function synthesize(settings: object): SynthesizedStack {
  const { template, ...others } = synthesis.parse(JSON.parse(synthesizedOnce(JSON.stringify(settings))));
  const { Resources, Outputs } = template;
  return {
    ...others,
    ...readTemplate(Resources),
    outputs: Object.fromEntries(Object.entries(Outputs).map(([name, { Value }]) => [name, resolve(Value, Resources)])),
  };
}

/**
 * @param given the resources of a template
 * @param place where the stack is: CloudFormation's pseudo parameters
 */
export function readTemplate(given: unknown, place: Place = {}): ReadTemplate {
  const Resources = resources.parse(given);
  const resolved = Object.fromEntries(
    Object.entries(Resources).map(([id, { Properties, Metadata: _, ...resource }]) => [
      id,
      { ...resource, Properties: resolve(Properties, Resources, { ...pseudoParameters, ...place }) },
    ]),
  );
  return {
    resolved,
    all: (wanted, properties) =>
      Object.entries(resolved).flatMap(([id, { Type, Properties, DeletionPolicy }]) =>
        Type === wanted ? [{ id, properties: properties.parse(Properties), deletionPolicy: DeletionPolicy }] : [],
      ),
  };
}

/**
 * What `synthesize.ts` prints for these settings. It runs once per run of the tests, for all settings, and the suites share its
 * output through files: the first worker that needs them runs it, another waits.
 */
function synthesizedOnce(settings: string): string {
  const fileOf = (of: string) => path.join(synthesizedStacks, `${settingsOfTests.indexOf(of)}.json`);
  for (let pauses = 0; pauses < mostPauses; pauses++) {
    if (existsSync(fileOf(settings))) return readFileSync(fileOf(settings), "utf8");
    if (isClaimed()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    else synthesizeAll(fileOf);
  }
  throw new Error("No worker has synthesized the stack");
}

/** Milliseconds. */
const pause = 50;
/** Minutes. Only if the other worker was killed does it not end. */
const mostPauses = (5 * 60_000) / pause;
const claim = path.join(synthesizedStacks, "claim");

/** Whether another worker synthesizes. If not, this one has to. */
function isClaimed(): boolean {
  mkdirSync(synthesizedStacks, { recursive: true });
  try {
    mkdirSync(claim);
    return false;
  } catch {
    return true;
  }
}

function synthesizeAll(fileOf: (settings: string) => string): void {
  try {
    const program = path.join(import.meta.dirname, "synthesize.ts");
    const output = execFileSync(process.execPath, [program, ...settingsOfTests], {
      encoding: "utf8",
      maxBuffer: 64 << 20,
      // CDK's own validation of templates takes most of the time. `npm run synth` has it.
      env: { ...process.env, CDK_VALIDATION: "false" },
    });
    for (const [index, each] of (JSON.parse(output) as unknown[]).entries()) {
      const file = fileOf(settingsOfTests[index] ?? "");
      // Renamed, so that no other worker reads a partial file.
      writeFileSync(`${file}.new`, JSON.stringify(each));
      renameSync(`${file}.new`, file);
    }
  } catch (error) {
    rmdirSync(claim);
    throw error;
  }
}

type Place = Readonly<Record<string, string>>;

const pseudoParameters: Place = {
  "AWS::Partition": "aws",
  "AWS::Region": "us-east-1",
  "AWS::URLSuffix": "amazonaws.com",
  "AWS::AccountId": "111122223333",
  "AWS::StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/Latchkey/00000000-0000-4000-8000-00000000000a",
};

/** The ARN of a resource in the account of the tests, with its logical id as its name. */
const arns: Readonly<Record<string, (id: string) => string>> = {
  "AWS::IAM::Role": (id) => `arn:aws:iam::111122223333:role/${id}`,
  "AWS::DynamoDB::GlobalTable": (id) => `arn:aws:dynamodb:us-east-1:111122223333:table/${id}`,
  "AWS::Events::EventBus": (id) => `arn:aws:events:us-east-1:111122223333:event-bus/${id}`,
  "AWS::Events::Rule": (id) => `arn:aws:events:us-east-1:111122223333:rule/${id}`,
  "AWS::SecretsManager::Secret": (id) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${id}`,
  "AWS::SQS::Queue": (id) => `arn:aws:sqs:us-east-1:111122223333:${id}`,
  "AWS::Logs::LogGroup": (id) => `arn:aws:logs:us-east-1:111122223333:log-group:${id}:*`,
  "AWS::KMS::Key": (id) => `arn:aws:kms:us-east-1:111122223333:key/${id}`,
  "AWS::S3::Bucket": (id) => `arn:aws:s3:::${id}`,
  "AWS::Lambda::Function": (id) => `arn:aws:lambda:us-east-1:111122223333:function:${id}`,
};

const token = z.union([
  z.strictObject({ Ref: z.string() }),
  z.strictObject({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) }),
  z.strictObject({ "Fn::Join": z.tuple([z.string(), z.array(z.unknown())]) }),
  z.strictObject({ "Fn::Sub": z.string() }),
  z.strictObject({
    "Fn::Select": z.tuple([z.number(), z.strictObject({ "Fn::Split": z.tuple([z.string(), z.unknown()]) })]),
  }),
]);

/** The one type whose `Ref` is its ARN. */
const secretType = "AWS::SecretsManager::Secret";
const isSecret = (resource: { readonly Type: string } | undefined) => resource?.Type === secretType;

/** CloudFormation's functions, as far as the stack uses them; a resource's `Ref` is its logical id. */
function resolve(value: unknown, all: z.infer<typeof resources>, place: Place = pseudoParameters): unknown {
  const inside = (part: unknown) => resolve(part, all, place);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inside);
  // A token has one key: zod takes long to say of each other object what is wrong with it.
  const data = Object.keys(value).length === 1 ? token.safeParse(value).data : undefined;
  if (!data) return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inside(part)]));
  if ("Ref" in data) return place[data.Ref] ?? (isSecret(all[data.Ref]) ? arns[secretType]?.(data.Ref) : data.Ref);
  if ("Fn::Join" in data) return data["Fn::Join"][1].map(inside).join(data["Fn::Join"][0]);
  if ("Fn::Sub" in data) return data["Fn::Sub"];
  if ("Fn::Select" in data) {
    const [index, { "Fn::Split": split }] = data["Fn::Select"];
    return String(inside(split[1])).split(split[0])[index];
  }
  const [id, attribute] = data["Fn::GetAtt"];
  const arn = arns[all[id]?.Type ?? ""];
  if (attribute === "StreamArn" && arn) return `${arn(id)}/stream/2026-01-01T00:00:00.000`;
  return attribute === "Arn" && arn ? arn(id) : `${id}.${attribute}`;
}
