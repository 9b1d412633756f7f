import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { consoleCaching, consoleConfig, consoleHeaders } from "../../contract/console.ts";
import { securityHeaders } from "../../contract/headers.ts";
import { environments } from "../../lambda/shared/environment.ts";
import { isAllowed } from "../../local/aws/iam.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting, withCloudFront } from "../support/template-settings.ts";

const upload = z.looseObject({
  DestinationBucketName: z.string(),
  Exclude: z.array(z.string()),
  Include: z.array(z.string()).optional(),
  Prune: z.boolean(),
  SourceMarkers: z.array(z.record(z.string(), z.unknown())).optional(),
});
const bucketPolicy = z.object({
  PolicyDocument: z.object({ Statement: z.array(z.looseObject({ Effect: z.string() })) }),
});
const rolePolicy = z.object({
  Roles: z.array(z.string()),
  PolicyDocument: z.unknown(),
});
const headersConfig = z.object({
  CustomHeadersConfig: z.object({
    Items: z.array(z.object({ Header: z.string(), Value: z.string(), Override: z.literal(true) })),
  }),
  SecurityHeadersConfig: z.strictObject({
    ContentSecurityPolicy: z.object({ ContentSecurityPolicy: z.string(), Override: z.literal(true) }),
    ContentTypeOptions: z.object({ Override: z.literal(true) }),
    FrameOptions: z.object({ FrameOption: z.string(), Override: z.literal(true) }),
    ReferrerPolicy: z.object({ ReferrerPolicy: z.string(), Override: z.literal(true) }),
    StrictTransportSecurity: z.object({
      AccessControlMaxAgeSec: z.number(),
      IncludeSubdomains: z.literal(true),
      Override: z.literal(true),
    }),
  }),
});

const api = "https://OidcApi1FA5902F.execute-api.us-east-1.amazonaws.com";
const hsts = { "Strict-Transport-Security": securityHeaders["Strict-Transport-Security"] };
const [issuer] = everySetting.identities.oidc ?? [];

test("by default there is none", () => {
  const { resolved, outputs } = synthesize({});
  expect([...Object.keys(resolved), ...Object.keys(outputs)].filter((id) => /console/i.test(id))).toEqual([]);
});

describe("the console in CloudFront", () => {
  const stack = synthesize(withCloudFront);
  const one = (type: `AWS::${string}`) => {
    const [found, ...others] = stack.all(type, z.looseObject({}));
    expect(others).toEqual([]);
    return found ?? { id: "", properties: {}, deletionPolicy: undefined };
  };
  const bucket = one("AWS::S3::Bucket");
  const bucketArn = `arn:aws:s3:::${bucket.id}`;
  const uploads = Object.values(stack.resolved)
    .filter(({ Type }) => Type === "Custom::CDKBucketDeployment")
    .map(({ Properties }) => upload.parse(Properties));

  test("its bucket is encrypted, blocks public access, and stays if the stack goes, because it has files", () => {
    expect(bucket).toMatchObject({
      deletionPolicy: "Retain",
      properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
  });

  describe("the bucket's policy", () => {
    const { PolicyDocument } = bucketPolicy.parse(one("AWS::S3::BucketPolicy").properties);
    const allows = PolicyDocument.Statement.filter(({ Effect }) => Effect === "Allow");
    const denies = PolicyDocument.Statement.filter(({ Effect }) => Effect === "Deny");

    test("lets this distribution alone read files", () => {
      const { id } = one("AWS::CloudFront::Distribution");
      expect(allows).toEqual([
        {
          Effect: "Allow",
          Principal: { Service: "cloudfront.amazonaws.com" },
          Action: "s3:GetObject",
          Resource: `${bucketArn}/*`,
          Condition: { StringEquals: { "AWS:SourceArn": `arn:aws:cloudfront::111122223333:distribution/${id}` } },
        },
      ]);
    });

    test("denies everybody everything without TLS 1.2", () => {
      expect(denies.map(({ Principal, Action, Condition }) => ({ Principal, Action, Condition }))).toEqual(
        [{ Bool: { "aws:SecureTransport": "false" } }, { NumericLessThan: { "s3:TlsVersion": 1.2 } }].map(
          (Condition) => ({ Principal: { AWS: "*" }, Action: "s3:*", Condition }),
        ),
      );
    });
  });

  test("the distribution has the settings' name, certificate and web ACL, TLS 1.2 at least, HTTP/2 and 3, and signs for the bucket", () => {
    const { domain, webAclArn } = withCloudFront.console.cloudFront;
    expect(one("AWS::CloudFront::Distribution").properties).toMatchObject({
      DistributionConfig: {
        Aliases: [domain.name],
        DefaultRootObject: "index.html",
        HttpVersion: "http2and3",
        IPV6Enabled: true,
        DefaultCacheBehavior: { Compress: true, ViewerProtocolPolicy: "redirect-to-https" },
        ViewerCertificate: { AcmCertificateArn: domain.certificateArn, MinimumProtocolVersion: "TLSv1.2_2021" },
        WebACLId: webAclArn,
        Origins: [{ OriginAccessControlId: `${one("AWS::CloudFront::OriginAccessControl").id}.Id` }],
      },
    });
    expect(one("AWS::CloudFront::OriginAccessControl").properties).toMatchObject({
      OriginAccessControlConfig: { OriginAccessControlOriginType: "s3", SigningBehavior: "always" },
    });
  });

  test("names that are unique in an account have the region", () => {
    const names = [
      one("AWS::CloudFront::OriginAccessControl").properties["OriginAccessControlConfig"],
      one("AWS::CloudFront::ResponseHeadersPolicy").properties["ResponseHeadersPolicyConfig"],
    ];
    expect(names).toEqual(names.map(() => expect.objectContaining({ Name: "Latchkey-console-us-east-1" })));
  });

  test("each response has the console's headers and HSTS, in place of the bucket's", () => {
    const { CustomHeadersConfig, SecurityHeadersConfig } = headersConfig.parse(
      one("AWS::CloudFront::ResponseHeadersPolicy").properties["ResponseHeadersPolicyConfig"],
    );
    const { ContentSecurityPolicy, FrameOptions, ReferrerPolicy, StrictTransportSecurity } = SecurityHeadersConfig;
    const { AccessControlMaxAgeSec } = StrictTransportSecurity;
    const found = {
      ...Object.fromEntries(CustomHeadersConfig.Items.map(({ Header, Value }) => [Header, Value])),
      "Content-Security-Policy": ContentSecurityPolicy.ContentSecurityPolicy,
      "Referrer-Policy": ReferrerPolicy.ReferrerPolicy,
      "Strict-Transport-Security": `max-age=${AccessControlMaxAgeSec}; includeSubDomains`,
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": FrameOptions.FrameOption,
    };
    const tunnels = ["us-east-1", "eu-west-1"].flatMap((region) =>
      ["amazonaws.com", "api.aws"].map((suffix) => `wss://*.ec2-instance-connect-endpoint.${region}.${suffix}`),
    );
    const expected = { ...consoleHeaders({ urls: [api, String(issuer?.issuer)], tunnels }), ...hsts };
    const inOrder = (headers: Record<string, string>) => ({
      ...headers,
      // The stack's own region, which is not known at synthesis, and that of a target can be one.
      "Content-Security-Policy": [...new Set(headers["Content-Security-Policy"]?.split(/[ ;]+/))].sort(),
    });
    expect(inOrder(found)).toEqual(inOrder(expected));
  });

  test("config.json has the API's URL, and what the settings say", () => {
    const [markers] = uploads
      .flatMap(({ SourceMarkers = [] }) => SourceMarkers)
      .filter((each) => "<<marker:0xbaba:0>>" in each);
    expect(Object.values(markers ?? {})).toEqual([
      "OidcApi1FA5902F",
      "us-east-1",
      "amazonaws.com",
      expect.stringMatching(/^OidcApiDeploymentStagelive/),
    ]);
  });

  test("files go into the bucket as they are to be cached, parts before the pages that load them, and nothing is deleted", () => {
    expect(uploads).toMatchObject([
      { Exclude: ["*"], Include: ["assets/*"], SystemMetadata: { "cache-control": consoleCaching("assets/x.js") } },
      { Exclude: ["assets/*"], SystemMetadata: { "cache-control": consoleCaching("index.html") } },
    ]);
    expect(uploads.map(({ Prune, DestinationBucketName }) => [Prune, DestinationBucketName])).toEqual(
      uploads.map(() => [false, bucket.id]),
    );
    const [assets, pages] = Object.entries(stack.resolved).filter(([, { Type }]) => Type.startsWith("Custom::"));
    expect(pages?.[1]).toMatchObject({ DependsOn: expect.arrayContaining([assets?.[0]]) });
  });

  describe("the role of the upload", () => {
    const archive = "arn:aws:s3:::cdk-hnb659fds-assets-111122223333-us-east-1/0a1b.zip";
    const inPlace = (text: string) => text.replace(/\$\{AWS::AccountId\}-\$\{AWS::Region\}/g, "111122223333-us-east-1");
    const policies = stack
      .all("AWS::IAM::Policy", rolePolicy)
      .filter(({ properties }) => properties.Roles.some((role) => role.startsWith("ConsoleUploadRole")))
      .map(({ properties }) => JSON.parse(inPlace(JSON.stringify(properties.PolicyDocument))));
    const may = (action: string, resource: string) => isAllowed(policies, { action, resource, context: {} });

    test.each([
      ["s3:DeleteObject", `${bucketArn}/index.html`],
      ["s3:PutObject", archive],
      ["s3:PutBucketPolicy", bucketArn],
      ["s3:GetObject", "arn:aws:s3:::other/file"],
      ["cloudfront:CreateInvalidation", "arn:aws:cloudfront::111122223333:distribution/E1A2B3C4D5E6F7"],
    ])("may not %s on %s", (action, resource) => {
      expect(may(action, resource)).toBe(false);
    });

    test.each([
      ["s3:GetObject", archive],
      ["s3:ListBucket", bucketArn],
      ["s3:PutObject", `${bucketArn}/index.html`],
    ])("may %s on %s", (action, resource) => {
      expect(may(action, resource)).toBe(true);
    });
  });

  test("the upload's log is kept as long as all others, and outlives the stack", () => {
    const logs = stack.all("AWS::Logs::LogGroup", z.object({ RetentionInDays: z.number() }));
    const [log] = logs.filter(({ id }) => id.startsWith("ConsoleUploadLog"));
    expect(log).toMatchObject({ deletionPolicy: "Retain", properties: { RetentionInDays: 3653 } });
  });

  test("its pages may call the OIDC door, and no others", () => {
    const stages = stack.all("AWS::ApiGateway::Stage", z.object({ Variables: z.unknown().optional() }));
    expect(stages.map(({ properties }) => properties.Variables)).toEqual([
      undefined,
      { corsOrigin: "https://console.example.com" },
    ]);
  });

  test("the outputs tell its URL, the distribution, and where its DNS record leads", () => {
    const { id } = one("AWS::CloudFront::Distribution");
    expect(stack.outputs).toMatchObject({
      ConsoleUrl: "https://console.example.com/",
      ConsoleDistributionId: id,
      ConsoleDnsTarget: `${id}.DomainName`,
    });
  });

  test("the door's API serves no console, and compresses nothing", () => {
    expect(JSON.stringify(stack.all("AWS::ApiGateway::Resource", z.unknown()))).not.toContain("console");
    expect(JSON.stringify(stack.all("AWS::ApiGateway::RestApi", z.unknown()))).not.toContain("Compression");
  });
});

describe("the console at the OIDC door", () => {
  const stack = synthesize(everySetting);
  const [found] = stack
    .all("AWS::Lambda::Function", z.looseObject({ Environment: z.object({ Variables: z.unknown() }).optional() }))
    .filter(({ id }) => /^Console[0-9A-F]{8}$/.test(id));
  const { CONSOLE_CONFIG, CONSOLE_HEADERS } = environments.console
    .omit({ LAMBDA_TASK_ROOT: true })
    .parse(found?.properties.Environment?.Variables);

  test("its function knows what config.json says, but for the API, which is where it is itself", () => {
    const { issuer: _, providerOrigins, ...settings } = { ...everySetting.console };
    expect(JSON.parse(CONSOLE_CONFIG)).toEqual({ ...settings, issuer: issuer?.issuer });
    expect(consoleConfig.omit({ api: true }).safeParse(JSON.parse(CONSOLE_CONFIG)).error).toBeUndefined();
  });

  test("its headers are the console's and HSTS; without terminals it opens no tunnels", () => {
    const urls = [String(issuer?.issuer), ...(everySetting.console?.providerOrigins ?? [])];
    expect(JSON.parse(CONSOLE_HEADERS)).toEqual({ ...consoleHeaders({ urls, tunnels: [] }), ...hsts });
  });

  test("nothing of S3 or CloudFront is there, and the door's API compresses what it serves", () => {
    const types = Object.values(stack.resolved).map(({ Type }) => Type);
    expect(types.filter((type) => /::(S3|CloudFront)::|^Custom::/.test(type))).toEqual([]);
    const compressed = stack.all(
      "AWS::ApiGateway::RestApi",
      z.object({ Name: z.string(), MinimumCompressionSize: z.unknown().optional() }),
    );
    expect(
      Object.fromEntries(compressed.map(({ properties }) => [properties.Name, properties.MinimumCompressionSize])),
    ).toEqual({ Latchkey: undefined, "Latchkey-slack": undefined, "Latchkey-oidc": 1024 });
  });
});
