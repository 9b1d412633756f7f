import * as z from "zod";
import { personId } from "./caller.ts";
import * as fields from "./fields.ts";
import { requirements } from "./requirements.ts";
import { ofInstance, togetherInTarget } from "./scope.ts";
import { warnings } from "./warning.ts";

/** Body of `POST /v1/decisions`. */
export const decisionRequest = togetherInTarget(
  z.strictObject({
    instanceId: fields.instanceId,
    ...ofInstance,
    ...fields.options,
    subject: personId
      .optional()
      .describe(
        "The person who would connect. Left out: the caller. Policy must permit the caller to ask for access for them.",
      ),
  }),
).meta({ id: "DecisionRequest", description: "A connection request without a key." });

/** How a request for that connection would be decided now. */
export const decision = z
  .object({
    decision: z.enum(["allow", "deny"]).describe("Whether the connection would be made."),
    code: z.string().optional().describe("With `deny`: the problem code of the response that the request would get."),
    subjectSeen: z
      .boolean()
      .optional()
      .describe("With another `subject`: whether that person has ever called Latchkey. If not, check the id."),
    policies: z
      .array(z.string())
      .describe("The ids of the policies that decided: those that permit, or those that forbid."),
    accessRequestId: z
      .string()
      .optional()
      .describe("With `allow`: the access request under which the connection would be made, if any."),
    resolved: z
      .object({
        connectionType: fields.reachedBy,
        host: fields.host.describe("The host that would be dialled."),
        port: fields.port,
        endpointId: fields.endpointId.optional(),
      })
      .optional()
      .describe("The route to the instance, if there is one."),
    requirements: requirements.optional().describe("With `approval-required`: what the access request needs."),
    warnings,
  })
  .meta({ id: "Decision", description: "How a request for that connection would be decided now." });

export type Decision = z.infer<typeof decision>;
