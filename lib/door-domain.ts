import {
  CfnBasePathMapping,
  CfnBasePathMappingV2,
  CfnDomainName,
  CfnDomainNameAccessAssociation,
  CfnDomainNameV2,
  EndpointType,
  IpAddressType,
  type RestApi,
  SecurityPolicy,
} from "aws-cdk-lib/aws-apigateway";
import type { DoorSettings } from "./door-settings.ts";
import { privateDomainPolicy } from "./invoke-permissions.ts";

type Domain = NonNullable<DoorSettings["domain"]>;

/** Gives a regional API its own host name. @returns the domain, to whose alias a DNS record must lead. */
export function addRegionalDomain(api: RestApi, { name, certificateArn }: Domain): CfnDomainName {
  const domain = new CfnDomainName(api, "Domain", {
    domainName: name,
    regionalCertificateArn: certificateArn,
    endpointConfiguration: { types: [EndpointType.REGIONAL], ipAddressType: IpAddressType.DUAL_STACK },
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  new CfnBasePathMapping(api, "Mapping", { domainName: domain.ref, ...stageOf(api) });
  return domain;
}

/**
 * Gives a private API its own host name, which leads to it through these VPC endpoints alone. A DNS record in the
 * network must lead to an endpoint.
 */
export function addPrivateDomain(
  api: RestApi,
  { name, certificateArn }: Domain,
  vpcEndpoints: readonly string[],
): void {
  const { attrDomainNameArn: domainNameArn } = new CfnDomainNameV2(api, "Domain", {
    domainName: name,
    certificateArn,
    endpointConfiguration: { types: [EndpointType.PRIVATE], ipAddressType: IpAddressType.DUAL_STACK },
    securityPolicy: SecurityPolicy.TLS_1_2,
    policy: privateDomainPolicy(vpcEndpoints),
  });
  new CfnBasePathMappingV2(api, "Mapping", { domainNameArn, ...stageOf(api) });
  for (const accessAssociationSource of vpcEndpoints) {
    new CfnDomainNameAccessAssociation(api, `Access-${accessAssociationSource}`, {
      domainNameArn,
      accessAssociationSource,
      accessAssociationSourceType: "VPCE",
    });
  }
}

const stageOf = ({ restApiId, deploymentStage }: RestApi) => ({ restApiId, stage: deploymentStage.stageName });
