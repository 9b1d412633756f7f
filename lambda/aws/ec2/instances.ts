import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  type EC2Client,
  type Filter,
} from "@aws-sdk/client-ec2";
import type { InstancePage } from "../../inventory/sync-ports.ts";
import type { Instance, InstanceReader } from "../../shared/instance.ts";
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
): Promise<{ readonly instances: readonly Instance[]; readonly nextToken: string | undefined }> {
  const { Reservations = [], NextToken } = await ec2.send(new DescribeInstancesCommand(input), { abortSignal: signal });
  const instances = Reservations.flatMap(({ OwnerId = "", Instances = [] }) =>
    Instances.map((instance) => readInstance(instance, OwnerId, region)),
  );
  return { instances, nextToken: NextToken || undefined };
}
