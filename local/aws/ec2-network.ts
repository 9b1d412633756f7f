import type { Fleet } from "../fleet/fleet.ts";
import { type Filter, matchesFilters, readFilters } from "./ec2-filters.ts";
import { aclXml, groupXml, interfacesXml, routeTableXml, subnetXml } from "./ec2-network-xml.ts";
import { readParameters, type XmlValue } from "./query-protocol.ts";
import { ServiceError, unauthorized, unknownToStandIn } from "./service-error.ts";
import type { Call } from "./stand-in.ts";

const filters = [/^Action$/, /^Version$/, /^Filter\.\d+\.Name$/, /^Filter\.\d+\.Value\.\d+$/];
const ofList = [/^Action$/, /^Version$/, /^PrefixListId$/, /^MaxResults$/, /^NextToken$/];

type Content = Readonly<Record<string, XmlValue>>;

/** EC2's calls that describe networks, each with the filters that Latchkey uses. Nothing filters the local traffic by them. */
export const networkOperations: Readonly<Record<string, (call: Call, fleet: Fleet) => Content>> = {
  DescribeNetworkInterfaces: filtered((fleet, wanted) => ({
    networkInterfaceSet: fleet.instances
      .filter(({ InstanceId }) => matches(wanted, { "attachment.instance-id": [InstanceId] }))
      .flatMap(interfacesXml),
  })),
  DescribeSecurityGroups: filtered(({ network }, wanted) => ({
    securityGroupInfo: network.SecurityGroups.filter(({ GroupId }) => matches(wanted, { "group-id": [GroupId] })).map(
      groupXml,
    ),
  })),
  DescribeNetworkAcls: filtered(({ network }, wanted) => ({
    networkAclSet: network.NetworkAcls.filter(({ Associations }) =>
      matches(wanted, { "association.subnet-id": Associations.map(({ SubnetId }) => SubnetId) }),
    ).map(aclXml),
  })),
  DescribeRouteTables: filtered(({ network }, wanted) => ({
    routeTableSet: network.RouteTables.filter(({ VpcId, Associations }) =>
      matches(wanted, {
        "vpc-id": [VpcId],
        "association.main": Associations.map(({ Main }) => String(Main)),
        "association.subnet-id": Associations.map(({ SubnetId }) => SubnetId),
      }),
    ).map(routeTableXml),
  })),
  DescribeSubnets: filtered((fleet, wanted) => ({
    subnetSet: fleet.network.Subnets.filter(({ SubnetId }) => matches(wanted, { "subnet-id": [SubnetId] })).map(
      (each) => subnetXml(each, fleet.target.accountId),
    ),
  })),
  GetManagedPrefixListEntries: (call, { network }) => {
    const parameters = readParameters(call.body, ofList);
    call.note(Object.fromEntries(parameters));
    authorize(call);
    const id = parameters.get("PrefixListId");
    const list = network.PrefixLists.find(({ PrefixListId }) => PrefixListId === id);
    if (!list) throw new ServiceError("InvalidPrefixListID.NotFound", 400, "The prefix list does not exist");
    return { entrySet: list.Entries.map(({ Cidr }) => ({ cidr: Cidr })) };
  },
};

function filtered(describe: (fleet: Fleet, wanted: readonly Filter[]) => Content) {
  return (call: Call, fleet: Fleet): Content => {
    const parameters = readParameters(call.body, filters);
    call.note(Object.fromEntries(parameters));
    authorize(call);
    return describe(fleet, readFilters(parameters));
  };
}

function matches(
  wanted: readonly Filter[],
  values: Readonly<Record<string, readonly (string | undefined)[]>>,
): boolean {
  return matchesFilters((name) => {
    const found = values[name];
    if (!found) throw unknownToStandIn(`the filter ${name}`);
    return found;
  }, wanted);
}

function authorize(call: Call): void {
  if (!call.allows(`ec2:${call.operation}`, "*")) throw unauthorized();
}
