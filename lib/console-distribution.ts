import { type Acknowledgment, Annotations, Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { ConsoleConfig } from "../contract/console.ts";
import type { ConsoleSettings } from "./console-settings.ts";
import { ConsoleUpload } from "./console-upload.ts";
import { requireCloudFront } from "./own-region.ts";
import type { Settings } from "./settings.ts";

export interface ConsoleDistributionProps {
  readonly cloudFront: NonNullable<ConsoleSettings["cloudFront"]>;
  /** The directory of the console's files. */
  readonly files: string;
  readonly config: ConsoleConfig;
  /** Those of every file, as `consoleHeaders` makes them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly logRetentionDays: Settings["logRetentionDays"];
}

/** The browser console on the internet: a private bucket, which CloudFront alone reads. */
export class ConsoleDistribution extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { cloudFront, headers, ...upload }: ConsoleDistributionProps) {
    super(scope, id);
    const { stackName, region } = requireCloudFront(Stack.of(this));
    // CloudFront's names are those of all regions.
    const name = `${stackName}-console-${region}`;
    const { domain, webAclArn } = cloudFront;
    // CDK declares the interface without exact optional properties.
    const bucket = new Bucket(this, "Bucket", {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      // CloudFormation deletes no bucket that has files.
      removalPolicy: RemovalPolicy.RETAIN,
    }) as IBucket;
    new ConsoleUpload(this, "Upload", { bucket, ...upload });
    this.distribution = new Distribution(this, "Distribution", {
      comment: "Latchkey: the browser console",
      domainNames: [domain.name],
      certificate: Certificate.fromCertificateArn(this, "Certificate", domain.certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultRootObject: "index.html",
      ...(webAclArn !== undefined && { webAclId: webAclArn }),
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket, {
          originAccessControl: new S3OriginAccessControl(this, "Access", { originAccessControlName: name }),
        }),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        // Compressed, and as long as the files' own Cache-Control says.
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: headersPolicy(this, name, headers),
      },
    });
    Validations.of(bucket).acknowledge(withoutBucketLog);
    Validations.of(this.distribution).acknowledge(...exceptions, ...(webAclArn === undefined ? [withoutWebAcl] : []));
  }
}

/** Characters: a default quota of CloudFront. */
const longestContentSecurityPolicy = 1783;

function headersPolicy(
  scope: Construct,
  responseHeadersPolicyName: string,
  headers: Readonly<Record<string, string>>,
): ResponseHeadersPolicy {
  // CloudFront has settings of its own for these, and takes all others by their names.
  const {
    "Content-Security-Policy": contentSecurityPolicy = "",
    "Referrer-Policy": _referrerPolicy,
    "X-Content-Type-Options": _contentTypeOptions,
    "X-Frame-Options": _frameOptions,
    "Strict-Transport-Security": _strictTransportSecurity,
    ...others
  } = headers;
  if (contentSecurityPolicy.length > longestContentSecurityPolicy)
    Annotations.of(scope).addWarningV2("latchkey:ConsoleRegions", tooManyRegions);
  const override = true;
  return new ResponseHeadersPolicy(scope, "Headers", {
    responseHeadersPolicyName,
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy, override },
      contentTypeOptions: { override },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(730), includeSubdomains: true, override },
    },
    customHeadersBehavior: {
      customHeaders: Object.entries(others).map(([header, value]) => ({ header, value, override })),
    },
  });
}

const tooManyRegions = `The browser console may open tunnels in so many regions that its Content-Security-Policy has more than ${longestContentSecurityPolicy} characters: have that quota of CloudFront raised first.`;

const withoutBucketLog: Acknowledgment = {
  id: "AwsSolutions-S1",
  reason:
    "The files are the same for everybody and no secret; only CloudFront reads them, and only the stack writes them.",
};

const withoutWebAcl: Acknowledgment = {
  id: "AwsSolutions-CFR2",
  reason: "It serves static files; a web ACL stands in front of the API. The setting webAclArn puts one here too.",
};

/** The cdk-nag rules that the distribution does not follow, with reasons. */
const exceptions: readonly Acknowledgment[] = [
  {
    id: "AwsSolutions-CFR1",
    reason: "People sign in from anywhere; the setting webAclArn can keep countries out.",
  },
  {
    id: "AwsSolutions-CFR3",
    reason:
      "A log would have the query, in which the OpenID provider sends its code; the API's log has what people do.",
  },
];
