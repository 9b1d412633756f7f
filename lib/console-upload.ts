import { type Acknowledgment, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { Policy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { CfnBucket, IBucket } from "aws-cdk-lib/aws-s3";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { BucketDeployment, CacheControl, Source } from "aws-cdk-lib/aws-s3-deployment";
import { Construct, type IConstruct } from "constructs";
import { type ConsoleConfig, consoleCaching } from "../contract/console.ts";
import { asNagSays } from "./acknowledge-wildcards.ts";
import type { Settings } from "./settings.ts";

export interface ConsoleUploadProps {
  readonly bucket: IBucket;
  /** The directory of the console's files. */
  readonly files: string;
  readonly config: ConsoleConfig;
  readonly logRetentionDays: Settings["logRetentionDays"];
}

/**
 * Puts the console's files into its bucket at each deployment, by CDK's own function. That one would get wildcard actions, so its
 * role is ours. It deletes nothing: pages that are open still load their parts.
 */
export class ConsoleUpload extends Construct {
  constructor(scope: Construct, id: string, { bucket, files, config, logRetentionDays }: ConsoleUploadProps) {
    super(scope, id);
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    const logGroup = new LogGroup(this, "Log", { retention: logRetentionDays, removalPolicy: RemovalPolicy.RETAIN });
    logGroup.grantWrite(role);
    const common = { destinationBucket: bucket, role: role.withoutPolicyUpdates(), logGroup, prune: false };
    const archive = new Asset(this, "Files", { path: files });
    const site = Source.bucket(archive.bucket, archive.s3ObjectKey);
    const assets = new BucketDeployment(this, "Assets", {
      ...common,
      sources: [site],
      exclude: ["*"],
      include: ["assets/*"],
      cacheControl: [CacheControl.fromString(consoleCaching("assets/"))],
    });
    const pages = new BucketDeployment(this, "Pages", {
      ...common,
      sources: [site, Source.jsonData("config.json", config)],
      exclude: ["assets/*"],
      cacheControl: [CacheControl.fromString(consoleCaching("index.html"))],
    });
    // No page without its parts.
    pages.node.addDependency(assets);

    const policy = new Policy(this, "Policy", {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ["s3:GetObject"], resources: [archive.bucket.arnForObjects("*")] }),
        new PolicyStatement({ actions: ["s3:ListBucket"], resources: [bucket.bucketArn] }),
        new PolicyStatement({ actions: ["s3:PutObject"], resources: [bucket.arnForObjects("*")] }),
      ],
    });
    assets.node.addDependency(policy);
    Validations.of(policy).acknowledge(
      { id: nagIdOf(this, bucket), reason: "The names of files contain a hash of what they contain." },
      {
        id: nagIdOf(this, archive.bucket),
        reason:
          "The name of an archive changes with what it contains, and IAM takes seconds to let a role read another.",
      },
    );
    for (const each of uploadFunctions(this)) Validations.of(each).acknowledge(ownRuntime);
  }
}

/** CDK's own function, which all uploads of a stack share: none if there is no upload. */
export const uploadFunctions = (scope: IConstruct) =>
  Stack.of(scope).node.children.filter(({ node }) => node.id.startsWith("Custom::CDKBucketDeployment"));

/** How cdk-nag names the finding about all objects of a bucket: one of the stack's own, or that of the bootstrap. */
function nagIdOf(scope: Construct, bucket: IBucket): string {
  const stack = Stack.of(scope);
  const own = bucket.node.defaultChild;
  const name: unknown = stack.resolve(bucket.bucketName);
  const text = typeof name === "string" ? name : String(Object.values(name ?? {})[0]).replace(/\$\{(.*?)\}/g, "<$1>");
  const arn = own
    ? `<${stack.getLogicalId(own as CfnBucket)}.Arn>`
    : asNagSays(scope, `arn:${stack.partition}:s3:::${text}`);
  return `AwsSolutions-IAM5[Resource::${arn}/*]`;
}

const ownRuntime: Acknowledgment = {
  id: "AwsSolutions-L1",
  reason: "The function is CDK's own, on the runtime that CDK supports for it; it runs during deployments alone.",
};
