import { isIP, isIPv4 } from "node:net";
import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  type EC2Client,
  type Filter,
} from "@aws-sdk/client-ec2";
import type { FoundInstances, InstanceQuery, InstanceSearch } from "../../instances/ports.ts";
import type { InstancePage } from "../../inventory/sync-ports.ts";
import { canonicalAddress } from "../../resolve/ip-address.ts";
import type { Instance, InstanceReader } from "../../shared/instance.ts";
import { invalidField } from "../../shared/problem.ts";
import { awsProblem } from "../faults.ts";
import { readInstance } from "./read-instance.ts";

/** EC2's limit on the values of a filter. */
const mostValues = 200;

/**
 * Reads instances by filter, so that an absent one is an empty response that takes as long as any other. Rejects with
 * Problem of `awsProblem`.
 *
 * @param region of the client.
 */
export function instanceReader(ec2: EC2Client, region: string): InstanceReader {
  const describeInstances: InstanceReader["describeInstances"] = async (instanceIds, signal) => {
    const wanted = [...new Set(instanceIds)];
    const batches: string[][] = [];
    for (let start = 0; start < wanted.length; start += mostValues)
      batches.push(wanted.slice(start, start + mostValues));
    try {
      const found = await Promise.all(
        batches.map((Values) => describeAll(ec2, region, [{ Name: "instance-id", Values }], signal)),
      );
      return new Map(found.flat().map((instance) => [instance.instanceId, instance]));
    } catch (error) {
      throw awsProblem(error, signal);
    }
  };
  return {
    describeInstances,
    describeInstance: async (instanceId, signal) => (await describeInstances([instanceId], signal)).get(instanceId),
  };
}

/** Instances on a page: EC2's limit. */
const pageSize = 1000;

/** Reads all instances, page by page. Rejects as `instanceReader` does. */
export function instancePages(ec2: EC2Client, region: string) {
  return {
    async describePage(token: string | undefined, signal: AbortSignal): Promise<InstancePage> {
      const input = { MaxResults: pageSize, ...(token && { NextToken: token }) };
      try {
        return await describePage(ec2, region, input, signal);
      } catch (error) {
        throw awsProblem(error, signal);
      }
    },
  };
}

/** EC2's errors for a token that is not one of its own: the first for a token that it cannot parse. */
const tokenErrors = ["InvalidParameterValue", "InvalidNextToken"];

/** EC2 as the account's search for instances. Rejects as `instanceReader` does. */
export function instanceSearch(ec2: EC2Client, region: string): InstanceSearch {
  return {
    async findInstances({ address, pageSize, token, ...query }, signal) {
      const filters = filtersFor(query);
      const input = {
        ...(filters.length > 0 && { Filters: filters }),
        MaxResults: pageSize,
        ...(token && { NextToken: token }),
      };
      try {
        if (address === undefined) return await describePage(ec2, region, input, signal);
        // The few that have it come on one page.
        const searches = addressFilters(address).map((filter) =>
          describeAll(ec2, region, [filter, ...filters], signal),
        );
        return { instances: (await Promise.all(searches)).flat(), nextToken: undefined };
      } catch (error) {
        // The token comes from the caller's cursor.
        if (token && error instanceof Error && tokenErrors.includes(error.name)) {
          throw invalidField("/cursor", "not-a-cursor");
        }
        throw awsProblem(error, signal);
      }
    },
  };
}

function filtersFor({
  name,
  namePrefix,
  state,
  tags,
}: Omit<InstanceQuery, "address" | "pageSize" | "token">): Filter[] {
  const wanted: readonly (readonly [filter: string, value: string | undefined])[] = [
    ["tag:Name", name && literally(name)],
    ["tag:Name", namePrefix && `${literally(namePrefix)}*`],
    ["instance-state-name", state],
    ...tags.map(({ key, value }) => [`tag:${key}`, literally(value)] as const),
  ];
  return wanted.flatMap(([Name, value]) => (value === undefined ? [] : [{ Name, Values: [value] }]));
}

/** One filter for each kind of address that it may be: EC2 has no filter for all of them. */
function addressFilters(address: string): Filter[] {
  const [interfaces, values] = ["network-interface", [canonicalAddress(address).toLowerCase()]];
  if (isIPv4(address)) {
    return [
      { Name: `${interfaces}.addresses.private-ip-address`, Values: values },
      { Name: `${interfaces}.addresses.association.public-ip`, Values: values },
    ];
  }
  if (isIP(address) !== 0) return [{ Name: `${interfaces}.ipv6-addresses.ipv6-address`, Values: values }];
  if (address.startsWith("ec2-")) return [{ Name: "dns-name", Values: values }];
  return [{ Name: "private-dns-name", Values: address.includes(".") ? values : values.map((name) => `${name}.*`) }];
}

/** In EC2's filters `*` and `?` are wildcards unless escaped with a backslash. */
function literally(value: string): string {
  return value.replace(/[\\*?]/g, "\\$&");
}

/** Every instance that the filters match, page by page: EC2 may return an empty page and a token. */
async function describeAll(
  ec2: EC2Client,
  region: string,
  filters: Filter[],
  signal: AbortSignal,
): Promise<Instance[]> {
  const found: Instance[] = [];
  let token: string | undefined;
  do {
    const input = { Filters: filters, ...(token && { NextToken: token }) };
    const page = await describePage(ec2, region, input, signal);
    found.push(...page.instances);
    token = page.nextToken;
  } while (token);
  return found;
}

async function describePage(
  ec2: EC2Client,
  region: string,
  input: DescribeInstancesCommandInput,
  signal: AbortSignal,
): Promise<FoundInstances> {
  const { Reservations = [], NextToken } = await ec2.send(new DescribeInstancesCommand(input), { abortSignal: signal });
  const instances = Reservations.flatMap(({ OwnerId = "", Instances = [] }) =>
    Instances.map((instance) => readInstance(instance, OwnerId, region)),
  );
  return { instances, nextToken: NextToken || undefined };
}
