import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type ApiRoute, routes } from "../../contract/routes.ts";
import { deployedMethods, deployedPaths } from "../support/deployed-methods.ts";
import { pairwise } from "../support/pairwise.ts";
import { readTemplate } from "../support/synthesized-stack.ts";
import { encryptedBy } from "../support/template-keys.ts";
import { everySetting, withCloudFront } from "../support/template-settings.ts";

const certificateArn = "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000001";
const webAcl = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/own/00000000-0000-4000-8000-000000000002";
const keyArn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const corsOrigin = "https://console.example.com";
const vpcEndpoints = ["vpce-0123456789abcdef0"];

/** The values of each setting that meet those of the others; at `oidc…` those of the OIDC door, if there is one. */
const values = {
  oidc: [false, true],
  iamNetwork: [{}, { sourceCidrs: ["203.0.113.0/24"] }, { vpcEndpoints, sourceCidrs: ["10.1.0.0/16"] }],
  iamDomain: [{}, { domain: { name: "iam.example.com", certificateArn } }],
  iamWebAcl: [{}, { webAcl: true }, { webAcl }],
  oidcNetwork: [{}, { sourceCidrs: ["2001:db8::/32"] }, { vpcEndpoints }],
  oidcDomain: [{}, { domain: { name: "oidc.example.com", certificateArn } }],
  oidcWebAcl: [{}, { webAcl: false }, { webAcl }],
  cors: [{}, { corsOrigin }],
  console: [{}, { console: { clientId: "console" } }, { console: withCloudFront.console }],
  encryption: [undefined, "own", { keyArn }],
  otherAccounts: [undefined, everySetting.otherAccounts],
  // No region has FIPS names of serial consoles.
  fipsOrSerial: [{}, { fips: true }, { serialConsole: true }],
  alarmTopicArn: [undefined, everySetting.alarmTopicArn],
  roles: [
    {},
    {
      apiGatewayLogRole: true,
      rolePath: everySetting.rolePath,
      permissionsBoundary: everySetting.permissionsBoundary,
    },
  ],
} as const;
type Name = keyof typeof values;
const ofOidcDoor: readonly Name[] = ["oidcNetwork", "oidcDomain", "oidcWebAcl", "cors", "console"];
const [inCloudFront, inPrivate] = [2, 2];

// Without an OIDC door its settings have their first value: none. CloudFront goes with a door on the internet, for its pages alone.
const choices = pairwise(
  Object.fromEntries(Object.entries(values).map(([name, each]) => [name, each.length])) as Record<Name, number>,
  (choice) =>
    (choice.oidc !== 0 || ofOidcDoor.every((name) => !choice[name])) &&
    (choice.console !== inCloudFront || (choice.oidcNetwork !== inPrivate && !choice.cors)),
);
const all = choices.map((choice) => {
  const of = <N extends Name>(name: N) => values[name][choice[name]] as (typeof values)[N][number];
  const { oidc, directories, ...identities } = everySetting.identities;
  const doors = {
    iam: { ...of("iamNetwork"), ...of("iamDomain"), ...of("iamWebAcl") },
    ...(of("oidc") && { oidc: { ...of("oidcNetwork"), ...of("oidcDomain"), ...of("oidcWebAcl"), ...of("cors") } }),
  };
  return {
    identities: { ...identities, ...(of("oidc") && { oidc, directories }) },
    doors,
    encryption: of("encryption"),
    otherAccounts: of("otherAccounts"),
    alarmTopicArn: of("alarmTopicArn"),
    ...of("roles"),
    ...of("fipsOrSerial"),
    ...of("console"),
  };
});

const results: { error?: string; violations: string[]; template: { Resources: object } }[] = JSON.parse(
  execFileSync(
    process.execPath,
    [path.resolve(import.meta.dirname, "../support/synthesize-each.ts"), JSON.stringify(all)],
    { encoding: "utf8", maxBuffer: 256 << 20, env: { ...process.env, CDK_VALIDATION: "false" } },
  ),
);

test("few stacks have every two values of two settings", () => {
  expect(all.length).toBeGreaterThan(8);
  expect(all.length).toBeLessThan(22);
  expect(all.map((settings) => JSON.stringify(settings))).toContainEqual(expect.stringContaining(corsOrigin));
});

describe.each(all.map((settings, index) => [index, settings] as const))(
  "stack %# of settings %o",
  (index, settings) => {
    const { error, violations, template } = results[index] ?? { violations: ["missing"], template: { Resources: {} } };
    const stack = readTemplate(template.Resources);
    const console = "console" in settings ? settings.console : undefined;
    const isInCloudFront = console !== undefined && "cloudFront" in console;
    const isAtDoor = console !== undefined && !isInCloudFront;

    test("synthesizes, and cdk-nag has no finding that is not acknowledged", () => {
      expect(error).toBeUndefined();
    });

    test("is valid by CloudFormation's resource schemas", () => {
      expect(violations).toEqual([]);
    });

    test("names no partition: ARNs and host names have that of the deployment, but for those of the settings", () => {
      const text = JSON.stringify(template).replaceAll("amazonaws.com", "<host>");
      const arns = text.match(/arn:aws[^"]*/g) ?? [];
      expect(arns.filter((each) => !JSON.stringify(settings).includes(each))).toEqual([]);
      const ofAws = (text.match(/[\w.-]*<host>[\w.-]*/g) ?? []).map((each) => each.replace("<host>", "amazonaws.com"));
      // These have one name in every partition.
      const everywhere = ["apigateway", ...(isInCloudFront ? ["cloudfront"] : []), "events", "lambda"].map(
        (service) => `${service}.amazonaws.com`,
      );
      expect([...new Set(ofAws)].sort()).toEqual(everywhere);
    });

    test("has every method of each door under the door's authorization", () => {
      const ofConsole = Object.fromEntries(
        ["", "/{proxy+}"].filter(() => isAtDoor).map((rest) => [`GET /console${rest}`, "NONE"]),
      );
      const isOfApi = (path: string) => !path.startsWith("/console");
      const resources = ["/", ...[...new Set(deployedPaths(stack).values())].filter(isOfApi)];
      const expected = (authorization: string, hasPages = false) =>
        Object.fromEntries([
          ...resources.map((each) => [`ANY ${each}`, authorization]),
          ...(Object.values(routes) as ApiRoute[]).map((route) => [
            `${route.method} ${route.path}`,
            route.authentication === "caller" ? authorization : "NONE",
          ]),
          ...(hasPages ? resources.map((each) => [`OPTIONS ${each}`, "NONE"]) : []),
        ]);
      const found = (api: "Api" | "OidcApi") =>
        Object.fromEntries(
          Object.entries(deployedMethods(stack, api)).map(([name, [authorization]]) => [name, authorization]),
        );
      expect(found("Api")).toEqual(expected("AWS_IAM"));
      const { oidc } = settings.doors;
      expect(found("OidcApi")).toEqual(
        oidc ? { ...expected("CUSTOM", isInCloudFront || "corsOrigin" in oidc), ...ofConsole } : {},
      );
    });

    test("has one key for all its data, or AWS's own", () => {
      const keys = new Set(Object.values(encryptedBy(stack)).flat());
      const { encryption } = settings;
      if (!encryption) expect([...keys].filter(Boolean)).toEqual([]);
      else if (encryption === "own") expect([...keys]).toStrictEqual([expect.stringMatching(/:key\/Key[0-9A-F]{8}$/)]);
      else
        expect([[...keys], JSON.stringify(stack.resolved).includes("AWS::KMS::Key")]).toStrictEqual([[keyArn], false]);
    });
  },
);
