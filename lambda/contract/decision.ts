import * as z from "zod";
import * as fields from "./fields.ts";

/** Body of `POST /v1/decisions`: a connection as it would be asked for, without a key. */
export const decisionRequest = z.strictObject({
  instanceId: fields.instanceId,
  osUser: fields.osUser.optional(),
  connectionType: fields.wishedConnectionType.default("auto"),
  ipAddress: fields.ipAddress.optional(),
  endpointId: fields.endpointId.optional(),
  port: fields.port.optional(),
});

/** What a request for that connection would be told now. */
export const decision = z.object({
  decision: z.enum(["allow", "deny"]),
  /** With `deny`: the problem code that the request would get. */
  code: z.string().optional(),
  /** The ids of the policies that decided: those that permit, or those that forbid. */
  policies: z.array(z.string()),
  /** How the instance would be reached, where it can be. */
  resolved: z
    .object({
      connectionType: fields.connectionType,
      host: fields.ipAddress,
      port: fields.port,
      endpointId: fields.endpointId.optional(),
    })
    .optional(),
});

export type Decision = z.infer<typeof decision>;
