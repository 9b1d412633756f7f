import * as z from "zod";
import * as fields from "./fields.ts";
import { hostKey } from "./host-key.ts";

/** What a request for this connection type would get, or why not. */
const connectionOption = z.object({
  connectionType: fields.connectionType,
  host: fields.ipAddress.optional(),
  port: fields.port.optional(),
  endpointId: fields.endpointId.optional(),
  usable: z.boolean(),
  reason: z.string().optional(),
});

export type ConnectionOption = z.infer<typeof connectionOption>;

/** An instance that the caller may view. */
export const instance = z.object({
  instanceId: fields.instanceId,
  name: z.string().optional(),
  state: z.string(),
  accountId: z.string(),
  region: z.string(),
  availabilityZone: z.string(),
  vpcId: z.string().optional(),
  subnetId: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  publicIpAddress: z.string().optional(),
  privateIpAddress: z.string().optional(),
  ipv6Address: z.string().optional(),
  publicDnsName: z.string().optional(),
  privateDnsName: z.string().optional(),
  defaultOsUser: fields.osUser,
  connectionOptions: z.array(connectionOption),
  hostKeys: z.array(hostKey),
});

export type InstanceAnswer = z.infer<typeof instance>;

/** A list's page size, as it comes in a query. */
const limit = z
  .string()
  .regex(/^[0-9]{1,3}$/)
  .transform(Number)
  .pipe(z.int().min(1).max(100))
  .default(50);

/** Query of `GET /v1/instances`; `tag.KEY=value` parameters come in `tags`. */
export const instanceQuery = z.strictObject({
  name: z.string().min(1).max(256).optional(),
  /** Lengths as EC2 allows them. */
  tags: z
    .array(z.object({ key: z.string().min(1).max(128), value: z.string().max(256) }))
    .max(20)
    .default([]),
  accountId: z
    .string()
    .regex(/^[0-9]{12}$/)
    .optional(),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .optional(),
  limit,
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,4096}$/)
    .optional(),
});

export const instancePage = z.object({ items: z.array(instance), nextCursor: z.string().optional() });

export type InstancePage = z.infer<typeof instancePage>;
