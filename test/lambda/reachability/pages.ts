/** AWS's pages that verdicts of checks rest on. */
const guide = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide";
const reference = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference";
const vpcGuide = "https://docs.aws.amazon.com/vpc/latest/userguide";
export const pages = {
  lifecycle: `${guide}/ec2-instance-lifecycle.html`,
  instanceConnect: `${guide}/connect-linux-inst-eic.html`,
  setUp: `${guide}/ec2-instance-connect-set-up.html`,
  prerequisites: `${guide}/ec2-instance-connect-prerequisites.html`,
  endpoint: `${guide}/connect-with-ec2-instance-connect-endpoint.html`,
  endpointState: `${reference}/API_Ec2InstanceConnectEndpoint.html`,
  createEndpoint: `${reference}/API_CreateInstanceConnectEndpoint.html`,
  endpointGroups: `${guide}/eice-security-groups.html`,
  groupRules: `${vpcGuide}/security-group-rules.html`,
  permission: `${reference}/API_IpPermission.html`,
  peering: "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html",
  prefixLists: `${vpcGuide}/managed-prefix-lists.html`,
  acls: `${vpcGuide}/vpc-network-acls.html`,
  aclRules: `${vpcGuide}/nacl-rules.html`,
  customAcl: `${vpcGuide}/custom-network-acl.html`,
  aclEntry: `${reference}/API_NetworkAclEntry.html`,
  ephemeral: `${vpcGuide}/nacl-ephemeral-ports.html`,
  gateway: `${vpcGuide}/VPC_Internet_Gateway.html`,
  egressOnly: `${vpcGuide}/egress-only-internet-gateway.html`,
  nat: `${vpcGuide}/vpc-nat-gateway.html`,
  tables: `${vpcGuide}/VPC_Route_Tables.html`,
  priority: `${vpcGuide}/route-tables-priority.html`,
  sharing: `${vpcGuide}/vpc-share-limitations.html`,
} as const;
