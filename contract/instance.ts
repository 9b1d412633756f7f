import * as z from "zod";
import * as fields from "./fields.ts";
import { hostKey } from "./host-key.ts";
import { pageOf, pageQuery } from "./page.ts";
import { ofInstance, togetherInTarget } from "./scope.ts";

/** What can keep a client from an instance. */
const reachabilityChecks = [
  "instance-state",
  "platform",
  "zone",
  "agent",
  "endpoint",
  "endpoint-security-groups",
  "endpoint-network-acl",
  "instance-network-acl",
  "instance-security-groups",
  "route",
] as const;

const reachabilityCheck = z
  .object({
    check: z.enum(reachabilityChecks).describe("What was checked."),
    result: z
      .enum(["pass", "fail", "unknown"])
      .describe("`unknown` if what AWS says of it, or may say, does not tell."),
    detail: z.string().describe("What was found, in one sentence. For a `fail`, a second one says what to change."),
  })
  .meta({ id: "ReachabilityCheck", description: "One of the reasons why the instance can be reached, or why not." });

export type ReachabilityCheck = z.infer<typeof reachabilityCheck>;

/** What a request for this connection type would get, or why not. */
const connectionOption = z
  .object({
    connectionType: fields.connectionType,
    host: fields.ipAddress.optional().describe("The address to connect to."),
    port: fields.port.optional(),
    endpointId: fields.endpointId.optional(),
    usable: z.boolean().describe("Whether the instance can be reached this way."),
    reason: z.string().optional().describe("Why it cannot, in one sentence."),
    checks: z
      .array(reachabilityCheck)
      .optional()
      .describe("With `checks=true`: what lies between the caller and the instance, as far as AWS says."),
  })
  .meta({ id: "ConnectionOption", description: "A way to reach the instance, or why there is none." });

export type ConnectionOption = z.infer<typeof connectionOption>;

const instanceAddress = z
  .object({
    address: fields.ipAddress,
    kind: z.enum(["public", "private", "ipv6"]).describe("A public IPv4, a private IPv4, or an IPv6 address."),
    dnsName: z.string().optional().describe("AWS's name for the address, if it has one."),
    primary: z.boolean().describe("Whether a connection may use it without naming it in `ipAddress`."),
  })
  .meta({ id: "InstanceAddress", description: "An address of one of the instance's network interfaces." });

/** An instance that the caller may view. */
export const instance = z
  .object({
    instanceId: fields.instanceId,
    name: z.string().optional().describe("The value of the instance's tag `Name`."),
    state: z.string().describe("The instance's state in EC2, such as `running` or `stopped`."),
    platform: z.string().optional().describe("The instance's platform in EC2: `windows`, or left out."),
    accountId: fields.accountId,
    region: fields.region,
    availabilityZone: fields.availabilityZone,
    vpcId: z.string().optional().describe("The VPC that the instance is in."),
    subnetId: z.string().optional().describe("The subnet that the instance is in."),
    tags: z.record(z.string(), z.string()).describe("The instance's tags."),
    addresses: z.array(instanceAddress).describe("Every address of every network interface."),
    publicIpAddress: z.string().optional().describe("The instance's public IPv4 address."),
    privateIpAddress: z.string().optional().describe("The instance's primary private IPv4 address."),
    ipv6Address: z.string().optional().describe("The instance's IPv6 address."),
    publicDnsName: z.string().optional().describe("AWS's name for the public address."),
    privateDnsName: z.string().optional().describe("AWS's name for the private address."),
    observedAt: fields.time
      .optional()
      .describe("When Latchkey last saw the instance so, for a list. Absent if it was read for this response."),
    defaultOsUser: fields.osUser.describe("The OS user of a connection that names none."),
    connectionOptions: z.array(connectionOption).describe("The ways to reach the instance, usable or not."),
    hostKeys: z.array(hostKey).describe("The host keys that Latchkey knows of the instance."),
  })
  .meta({ id: "Instance", description: "An instance that the caller may view." });

export type InstanceResponse = z.infer<typeof instance>;

/** Query of `GET /v1/instances/{instanceId}`. */
export const inspectionQuery = togetherInTarget(
  z.strictObject({
    ...ofInstance,
    checks: z
      .literal("true")
      .optional()
      .describe("Check what lies between the caller and the instance: `checks` of each connection option."),
  }),
);

/** The number of tags in a query, and EC2's limits on the length of keys and values. */
export const tagLimits = { count: 20, keyLength: 128, valueLength: 256 } as const;

/** Query of `GET /v1/instances`; `tag[KEY]=value` and `tag.KEY=value` parameters come in `tags`. */
export const instanceQuery = z.strictObject({
  name: z.string().min(1).max(256).optional().describe("The value of the tag `Name`. `*` and `?` are not wildcards."),
  namePrefix: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe("How the tag `Name` starts. `*` and `?` are not wildcards."),
  address: z
    .string()
    .max(255)
    .regex(/^(?:[0-9A-Fa-f:.]+|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)$/)
    .optional()
    .describe(
      "An IP address of the instance, on any network interface, or AWS's DNS name for it. A private name may go without its domain, as in `ip-10-0-1-20`.",
    ),
  state: z
    .enum(["pending", "running", "stopping", "stopped", "shutting-down", "terminated"])
    .optional()
    .describe("Only instances in this state."),
  tags: z
    .array(z.object({ key: z.string().min(1).max(tagLimits.keyLength), value: z.string().max(tagLimits.valueLength) }))
    .max(tagLimits.count)
    .default([])
    .describe(
      "`tag[KEY]=VALUE`, for any KEY and as often as needed: instances that have all of these tags. `*` and `?` are not wildcards. `tag.KEY=VALUE` is the same, for a KEY without brackets.",
    ),
  accountId: z
    .string()
    .regex(/^[0-9]{12}$/)
    .optional()
    .describe("Only instances in this AWS account."),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .optional()
    .describe("Only instances in this AWS region."),
  ...pageQuery,
});

export const instancePage = pageOf(instance, "InstancePage", "A page of the instances that the caller may view.");

export type InstancePage = z.infer<typeof instancePage>;
