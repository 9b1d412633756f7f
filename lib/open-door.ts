import { type Acknowledgment, CfnOutput, Stack, Validations } from "aws-cdk-lib";
import { CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import type { Construct } from "constructs";
import type { Caller } from "../contract/caller.ts";
import { addPrivateDomain, addRegionalDomain } from "./door-domain.ts";
import { type DoorSettings, doorOf } from "./door-settings.ts";
import { doorUrl } from "./door-url.ts";
import { DoorWebAcl } from "./door-web-acl.ts";
import type { LatchkeyApi } from "./latchkey-api.ts";
import { requireOwnRegion } from "./own-region.ts";
import type { Settings } from "./settings.ts";

export interface OpenDoorProps {
  readonly api: LatchkeyApi;
  readonly door: Caller["frontDoor"];
  readonly settings: Settings;
}

/**
 * Puts what the settings name in front of a door's API, a web ACL and a host name, and tells its URL as an output.
 *
 * @returns the URL.
 */
export function openDoor(scope: Construct, { api, door, settings }: OpenDoorProps): string {
  const { webAcl, domain, vpcEndpoints } = doorOf(settings, door);
  const stack = Stack.of(scope);
  if (typeof webAcl === "string") requireOwnRegion(stack, `doors.${door}.webAcl`, webAcl);
  if (domain) requireOwnRegion(stack, `doors.${door}.domain.certificateArn`, domain.certificateArn);
  addWebAcl(api, webAcl, { name: `${stack.stackName}-${door}`, logRetentionDays: settings.logRetentionDays });

  const prefix = door === "iam" ? "" : "Oidc";
  const output = (id: string, value: string, description: string) =>
    new CfnOutput(scope, `${prefix}${id}`, { value, description });
  const audience = door === "iam" ? "" : ", for callers with a token";
  const url = doorUrl(api, door, settings);
  output("Url", url, `The API${audience}; paths start with v1/`);
  output("ApiId", api.restApiId, "The id of its REST API");
  if (domain && vpcEndpoints) addPrivateDomain(api, domain, vpcEndpoints);
  else if (domain) {
    const { attrRegionalDomainName, attrRegionalHostedZoneId } = addRegionalDomain(api, domain);
    output("DnsTarget", attrRegionalDomainName, `Where the DNS record of ${domain.name} leads`);
    output("DnsTargetZone", attrRegionalHostedZoneId, "The hosted zone of that, for an alias record of Route 53");
  }
  return url;
}

/** @param own attributes of the stack's own web ACL. */
function addWebAcl(
  api: LatchkeyApi,
  webAcl: DoorSettings["webAcl"],
  own: { readonly name: string; readonly logRetentionDays: Settings["logRetentionDays"] },
): void {
  const { stageArn } = api.deploymentStage;
  if (webAcl === false) Validations.of(api).acknowledge(withoutWebAcl);
  else if (typeof webAcl === "string")
    new CfnWebACLAssociation(api, "WebAclAssociation", { webAclArn: webAcl, resourceArn: stageArn });
  else new DoorWebAcl(api, "WebAcl", { requestsPerAddress: 2000, ...(webAcl !== true && webAcl), ...own, stageArn });
}

const withoutWebAcl: Acknowledgment = {
  id: "AwsSolutions-APIG3",
  reason:
    "IAM, or the form of a token, keeps strangers out before any code runs; the setting webAcl puts a web ACL in front of the door.",
};
