import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  type EC2Client,
  type Filter,
} from "@aws-sdk/client-ec2";
import type { FoundInstances, InstanceSearch } from "../../instances/ports.ts";
import type { Instance, InstanceReader } from "../../shared/instance.ts";
import { invalidField } from "../../shared/problem.ts";
import { awsProblem } from "../faults.ts";
import { readInstance } from "./read-instance.ts";

/** EC2's limit on the values of a filter. */
const mostValues = 200;

/**
 * Reads instances by filter, so that an absent one is an empty response that takes as long as any other. Rejects with Problem
 * `upstream-failure`, `upstream-unavailable` or `deadline-exceeded`.
 *
 * @param region of the client.
 */
export function instanceReader(ec2: EC2Client, region: string): InstanceReader {
  const describeBatch = async (instanceIds: string[], signal: AbortSignal): Promise<Instance[]> => {
    const found: Instance[] = [];
    let token: string | undefined;
    // Mostly one page; but EC2 may return an empty one and a token.
    do {
      const filters = [{ Name: "instance-id", Values: instanceIds }];
      const input = { Filters: filters, ...(token && { NextToken: token }) };
      const page = await describePage(ec2, region, input, signal);
      found.push(...page.instances);
      token = page.nextToken;
    } while (token);
    return found;
  };
  const describeInstances: InstanceReader["describeInstances"] = async (instanceIds, signal) => {
    const wanted = [...new Set(instanceIds)];
    const batches: string[][] = [];
    for (let start = 0; start < wanted.length; start += mostValues)
      batches.push(wanted.slice(start, start + mostValues));
    try {
      const found = await Promise.all(batches.map((batch) => describeBatch(batch, signal)));
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

/** EC2's errors for a token that is not one of its own: the first for a token that it cannot parse. */
const tokenErrors = ["InvalidParameterValue", "InvalidNextToken"];

/** EC2 as the account's search for instances. Rejects as `instanceReader` does. */
export function instanceSearch(ec2: EC2Client, region: string): InstanceSearch {
  return {
    async findInstances({ name, tags, pageSize, token }, signal) {
      const wanted = [...(name === undefined ? [] : [{ key: "Name", value: name }]), ...tags];
      const filters = wanted.map(({ key, value }): Filter => ({ Name: `tag:${key}`, Values: [literally(value)] }));
      const input = {
        ...(filters.length > 0 && { Filters: filters }),
        MaxResults: pageSize,
        ...(token && { NextToken: token }),
      };
      try {
        return await describePage(ec2, region, input, signal);
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

/** In EC2's filters `*` and `?` are wildcards unless escaped with a backslash. */
function literally(value: string): string {
  return value.replace(/[\\*?]/g, "\\$&");
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
