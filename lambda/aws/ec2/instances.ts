import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  EC2Client,
  type Filter,
} from "@aws-sdk/client-ec2";
import type { Instance } from "../../shared/instance.ts";
import { invalidField } from "../../shared/problem.ts";
import { clientSettings } from "../client-settings.ts";
import { awsProblem } from "../faults.ts";
import { readInstance } from "./read-instance.ts";

export const ec2 = new EC2Client(clientSettings);

/** EC2's bound on the values of a filter. */
const mostValues = 200;

/**
 * Asked by filter, so that an absent instance is an empty answer like any other, and takes as long.
 *
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function describeInstance(
  instanceId: string,
  region: string,
  signal: AbortSignal,
): Promise<Instance | undefined> {
  return (await describeInstances([instanceId], region, signal)).get(instanceId);
}

/**
 * Those of the instances that there are, by id, in as few calls as EC2 allows.
 *
 * @throws Problem as `describeInstance`.
 */
export async function describeInstances(
  instanceIds: readonly string[],
  region: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Instance>> {
  const wanted = [...new Set(instanceIds)];
  const batches: string[][] = [];
  for (let start = 0; start < wanted.length; start += mostValues) batches.push(wanted.slice(start, start + mostValues));
  try {
    const found = await Promise.all(batches.map((batch) => describeBatch(batch, region, signal)));
    return new Map(found.flat().map((instance) => [instance.instanceId, instance]));
  } catch (error) {
    throw awsProblem(error, signal);
  }
}

async function describeBatch(instanceIds: string[], region: string, signal: AbortSignal): Promise<Instance[]> {
  const found: Instance[] = [];
  let token: string | undefined;
  // In one page, as a rule; but EC2 may answer with an empty one and a token.
  do {
    const filters = [{ Name: "instance-id", Values: instanceIds }];
    const page = await describe({ Filters: filters, ...(token && { NextToken: token }) }, region, signal);
    found.push(...page.instances);
    token = page.nextToken;
  } while (token);
  return found;
}

export interface InstancePageQuery {
  readonly name?: string | undefined;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** 5–1000, EC2's own bounds. */
  readonly pageSize: number;
  readonly token?: string | undefined;
}

/** How EC2 refuses a token that is not one of its own: the first for one that it cannot even parse. */
const tokenRefusals = ["InvalidParameterValue", "InvalidNextToken"];

/**
 * One of EC2's pages. It may be short or empty while there are more.
 *
 * @throws Problem as `describeInstance`; `invalid-request` where EC2 does not take the token, which the caller gave.
 */
export async function describeInstancePage(
  { name, tags, pageSize, token }: InstancePageQuery,
  region: string,
  signal: AbortSignal,
): Promise<{ instances: Instance[]; nextToken: string | undefined }> {
  const wanted = [...(name === undefined ? [] : [{ key: "Name", value: name }]), ...tags];
  const filters = wanted.map(({ key, value }): Filter => ({ Name: `tag:${key}`, Values: [literally(value)] }));
  try {
    return await describe(
      { ...(filters.length > 0 && { Filters: filters }), MaxResults: pageSize, ...(token && { NextToken: token }) },
      region,
      signal,
    );
  } catch (error) {
    if (token && error instanceof Error && tokenRefusals.includes(error.name)) {
      throw invalidField("/cursor", "not-a-cursor");
    }
    throw awsProblem(error, signal);
  }
}

/** In EC2's filters `*` and `?` are wildcards unless a backslash stands before them. */
function literally(value: string): string {
  return value.replace(/[\\*?]/g, "\\$&");
}

async function describe(
  input: DescribeInstancesCommandInput,
  region: string,
  signal: AbortSignal,
): Promise<{ instances: Instance[]; nextToken: string | undefined }> {
  const { Reservations = [], NextToken } = await ec2.send(new DescribeInstancesCommand(input), { abortSignal: signal });
  const instances = Reservations.flatMap(({ OwnerId = "", Instances = [] }) =>
    Instances.map((instance) => readInstance(instance, OwnerId, region)),
  );
  return { instances, nextToken: NextToken || undefined };
}
