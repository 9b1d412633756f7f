import * as z from "zod";
import * as fields from "./fields.ts";
import { requirements } from "./requirements.ts";

/** Body of `POST /v1/decisions`. */
export const decisionRequest = z
  .strictObject({ instanceId: fields.instanceId, ...fields.options })
  .meta({ id: "DecisionRequest", description: "A connection as it would be asked for, without a key." });

/** What a request for that connection would be told now. */
export const decision = z
  .object({
    decision: z.enum(["allow", "deny"]).describe("Whether the connection would be made."),
    code: z.string().optional().describe("With `deny`: the problem code that the request would get."),
    policies: z
      .array(z.string())
      .describe("The ids of the policies that decided: those that permit, or those that forbid."),
    resolved: z
      .object({
        connectionType: fields.reachedBy,
        host: fields.host.describe("What would be dialled."),
        port: fields.port,
        endpointId: fields.endpointId.optional(),
      })
      .optional()
      .describe("How the instance would be reached, where it can be."),
    requirements: requirements.optional().describe("With `approval-required`: what is missing."),
  })
  .meta({ id: "Decision", description: "What a request for that connection would be told now." });

export type Decision = z.infer<typeof decision>;
