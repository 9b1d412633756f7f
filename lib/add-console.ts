import { CfnOutput, Stack } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { consoleHeaders } from "../contract/console.ts";
import { securityHeaders } from "../contract/headers.ts";
import { consoleName } from "../contract/routes.ts";
import type { StackVariables } from "../lambda/shared/environment.ts";
import { serveAtDoor } from "./console-at-door.ts";
import { consoleOfStack } from "./console-connections.ts";
import { ConsoleDistribution } from "./console-distribution.ts";
import type { ConsoleSettings } from "./console-settings.ts";
import { doorUrl } from "./door-url.ts";
import { siteOf } from "./function-bundles.ts";
import type { LatchkeyApi } from "./latchkey-api.ts";
import { LatchkeyFunction } from "./latchkey-function.ts";
import type { Settings } from "./settings.ts";

export interface ConsoleProps {
  readonly console: ConsoleSettings;
  readonly settings: Settings;
  /** The OIDC door. */
  readonly api: LatchkeyApi;
  /** The directory of the functions' bundles. */
  readonly bundles: string;
  readonly variables: StackVariables;
}

/** Serves the browser console, by CloudFront or at the OIDC door, and tells its URL as an output. @returns the URL. */
export function addConsole(scope: Construct, { console, settings, api, bundles, variables }: ConsoleProps): string {
  const { cloudFront } = console;
  const { config, connections } = consoleOfStack(Stack.of(scope), settings, console);
  const doorsUrl = doorUrl(api, "oidc", settings);
  const headersFor = (...urls: string[]) => ({
    ...consoleHeaders({ ...connections, urls: [...urls, ...connections.urls] }),
    "Strict-Transport-Security": securityHeaders["Strict-Transport-Security"],
  });
  const output = (id: string, value: string, description: string) => new CfnOutput(scope, id, { value, description });
  const tellUrl = (url: string) => {
    output("ConsoleUrl", url, "The browser console; the redirect URI of its OpenID client");
    return url;
  };

  if (cloudFront) {
    const { distribution } = new ConsoleDistribution(scope, "Console", {
      cloudFront,
      files: siteOf(bundles),
      config: { api: doorsUrl, ...config },
      headers: headersFor(doorsUrl),
      logRetentionDays: settings.logRetentionDays,
    });
    output("ConsoleDistributionId", distribution.distributionId, "The id of its distribution in CloudFront");
    output("ConsoleDnsTarget", distribution.domainName, `Where the DNS record of ${cloudFront.domain.name} leads`);
    return tellUrl(`https://${cloudFront.domain.name}/`);
  }
  const own = { CONSOLE_CONFIG: JSON.stringify(config), CONSOLE_HEADERS: JSON.stringify(headersFor()) };
  const handler = new LatchkeyFunction(scope, "Console", {
    name: consoleName,
    role: new Role(scope, "ConsoleRole", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") }),
    bundles,
    variables: { ...variables, ...own },
    settings,
  });
  return tellUrl(serveAtDoor(api, doorsUrl, handler));
}
