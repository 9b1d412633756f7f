import {
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  GetManagedPrefixListEntriesCommand,
} from "@aws-sdk/client-ec2";
import type { Network } from "../../reachability/network.ts";
import type { Described, NetworkDescriber } from "../../reachability/ports.ts";
import { awsProblem } from "../faults.ts";
import { readAcl, readGroup, readInterface, readRouteTable, readSubnet } from "./read-network.ts";

/** Milliseconds for all that belongs together: checks are worth less than the response that they are in. */
const longestRead = 4000;

/** Lists, and pages of a list of a hundred entries each. The entries count as rules of a group, which has 1,000 at most. */
const [mostLists, mostPages] = [10, 10];

/** Describes networks in one target, by filters, so that what is absent is no error. Each call is made once, all in parallel. */
export function networkDescriber(ec2: EC2Client): NetworkDescriber {
  return {
    describeInterfaces: (instanceId, signal) =>
      described(signal, ({ attempt, abortSignal }) =>
        attempt("DescribeNetworkInterfaces", async () => {
          const input = { Filters: [filter("attachment.instance-id", [instanceId])] };
          const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand(input), {
            abortSignal,
          });
          return NetworkInterfaces.map(readInterface);
        }),
      ),
    describeNetwork: ({ vpcId, subnetIds, groupIds }, signal) =>
      described(signal, async ({ attempt, abortSignal }) => {
        const ofSubnets = [filter("association.subnet-id", subnetIds)];
        const ofVpc = [filter("vpc-id", vpcId === undefined ? [] : [vpcId]), filter("association.main", ["true"])];
        const tables = (Filters: typeof ofSubnets) =>
          ifAsked(Filters, async () => {
            const found = await ec2.send(new DescribeRouteTablesCommand({ Filters }), { abortSignal });
            return (found.RouteTables ?? []).map(readRouteTable);
          });
        const [subnets, groups, acls, routeTables] = await Promise.all([
          attempt("DescribeSubnets", () => {
            const Filters = [filter("subnet-id", subnetIds)];
            return ifAsked(Filters, async () => {
              const found = await ec2.send(new DescribeSubnetsCommand({ Filters }), { abortSignal });
              return (found.Subnets ?? []).map(readSubnet);
            });
          }),
          attempt("DescribeSecurityGroups", () => {
            const Filters = [filter("group-id", groupIds)];
            return ifAsked(Filters, async () => {
              const found = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }), { abortSignal });
              return (found.SecurityGroups ?? []).map(readGroup);
            });
          }),
          attempt("DescribeNetworkAcls", () =>
            ifAsked(ofSubnets, async () => {
              const found = await ec2.send(new DescribeNetworkAclsCommand({ Filters: ofSubnets }), { abortSignal });
              return (found.NetworkAcls ?? []).map(readAcl);
            }),
          ),
          attempt("DescribeRouteTables", async () => (await Promise.all([ofSubnets, ofVpc].map(tables))).flat()),
        ]);
        const lists = listsIn({ groups, routeTables }).slice(0, mostLists);
        const entries = await Promise.all(
          lists.map(async (id) => {
            const cidrs = await attempt("GetManagedPrefixListEntries", () => entriesOf(ec2, id, abortSignal));
            return cidrs ? [[id, cidrs] as const] : [];
          }),
        );
        return { subnets, groups, acls, routeTables, prefixLists: new Map(entries.flat()) };
      }),
  };
}

/** The prefix lists that rules and routes name; those of gateway endpoints have addresses of AWS alone. */
function listsIn({ groups = [], routeTables = [] }: Pick<Network, "groups" | "routeTables">): string[] {
  const ofRules = groups.flatMap(({ ingress, egress }) => [...ingress, ...egress]);
  const ofRoutes = routeTables.flatMap(({ routes }) => routes).filter(({ target }) => !target.startsWith("vpce-"));
  const ids = [
    ...ofRules.flatMap(({ prefixListIds }) => prefixListIds),
    ...ofRoutes.flatMap(({ prefixListId }) => prefixListId ?? []),
  ];
  return [...new Set(ids)];
}

/** @returns undefined for a list that is longer than what is read. */
async function entriesOf(ec2: EC2Client, id: string, abortSignal: AbortSignal): Promise<string[] | undefined> {
  const cidrs: string[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const input = { PrefixListId: id, MaxResults: 100, ...(NextToken && { NextToken }) };
    const found = await ec2.send(new GetManagedPrefixListEntriesCommand(input), { abortSignal });
    cidrs.push(...(found.Entries ?? []).flatMap(({ Cidr }) => Cidr ?? []));
    NextToken = found.NextToken;
    if (!NextToken) return cidrs;
  }
  return undefined;
}

interface Attempts {
  /** Undefined if the call fails. */
  attempt<T>(operation: string, call: () => Promise<T>): Promise<T | undefined>;
  readonly abortSignal: AbortSignal;
}

async function described<T>(signal: AbortSignal, read: (attempts: Attempts) => Promise<T>): Promise<Described<T>> {
  const undescribed: string[] = [];
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(longestRead)]);
  const value = await read({
    abortSignal,
    async attempt(operation, call) {
      try {
        return await call();
      } catch (error) {
        undescribed.push(`${operation}: ${awsProblem(error, abortSignal).code}`);
        return undefined;
      }
    },
  });
  if (signal.aborted) throw awsProblem(signal.reason, signal);
  return { value, undescribed };
}

const filter = (Name: string, Values: readonly string[]) => ({ Name, Values: [...Values] });

/** EC2 refuses a filter without values. */
async function ifAsked<T>(
  filters: readonly { readonly Values: readonly string[] }[],
  call: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  return filters.every(({ Values }) => Values.length > 0) ? call() : [];
}
