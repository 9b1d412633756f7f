import { Stack } from "aws-cdk-lib";
import type { Caller } from "../contract/caller.ts";
import { doorOf } from "./door-settings.ts";
import type { LatchkeyApi } from "./latchkey-api.ts";
import type { Settings } from "./settings.ts";

/**
 * The URL of a door's API, with a slash at its end. With the id of a VPC endpoint in it the name resolves everywhere, with or
 * without the endpoint's private DNS names.
 */
export function doorUrl(api: LatchkeyApi, door: Caller["frontDoor"], settings: Pick<Settings, "doors">): string {
  const { domain, vpcEndpoints: [vpcEndpoint] = [] } = doorOf(settings, door);
  if (domain) return `https://${domain.name}/`;
  if (vpcEndpoint === undefined) return api.url;
  const { region, urlSuffix } = Stack.of(api);
  const { stageName } = api.deploymentStage;
  return `https://${api.restApiId}-${vpcEndpoint}.execute-api.${region}.${urlSuffix}/${stageName}/`;
}
