import { namedOsUser } from "../resolve/os-user.ts";
import { Problem } from "../shared/problem.ts";
import { type Decided, requirePermitted } from "./assess.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { gatherInputs, type Inputs } from "./gather-inputs.ts";
import { noteAssessment } from "./note-assessment.ts";
import type { ConnectPorts, ConnectSettings, CreateConnection } from "./ports.ts";
import { readKey, requireConsistent } from "./read-request.ts";
import { type OnRecord, recordDenial } from "./record.ts";

/** A connection that may be made, and what was found out on the way. */
export interface Authorized
  extends Pick<Inputs, "hostKeys">,
    Pick<Evaluation, "credentials" | "at" | "pushBy" | "reevaluate"> {
  readonly onRecord: OnRecord;
  readonly decided: Decided;
}

/**
 * Steps 2 to 7 of docs/how-a-connection-works.md, in their order: all that comes before anything is intended. A denial is on
 * record when it is thrown.
 *
 * @throws Problem for every verdict but yes.
 */
export async function authorizeConnection(
  ports: ConnectPorts,
  settings: ConnectSettings,
  request: CreateConnection,
): Promise<Authorized> {
  const { params, body, facts } = request;
  requireConsistent(body);
  const key = readKey(body);
  Object.assign(facts, { instanceId: params.instanceId, publicKeyFingerprint: key.fingerprint });

  const wave = await gatherInputs(ports, settings, request);
  const onRecord = { request, key, policyDigest: wave.policy.digest };
  const evaluated = await evaluate(ports, settings, request, wave);
  const authorized = await requireAuthorized(ports, onRecord, evaluated);
  if (namedOsUser(body, params.instanceId) === undefined)
    ports.osUsers.learn(params.instanceId, authorized.decided.osUser);
  return { onRecord, ...authorized, hostKeys: wave.hostKeys };
}

/**
 * The verdict of a judgement. What was decided is in the facts, and a denial is on record, when this ends.
 *
 * @param evaluated undefined where the caller may not see the instance, or there is none.
 * @throws Problem for every verdict but yes.
 */
export async function requireAuthorized(
  ports: ConnectPorts,
  onRecord: OnRecord,
  evaluated: Evaluation | undefined,
): Promise<Omit<Authorized, "onRecord" | "hostKeys">> {
  if (evaluated) noteAssessment(onRecord.request.facts, evaluated.assessment);
  await recordDenial(ports, onRecord, evaluated?.assessment);
  if (!evaluated) throw new Problem("instance-not-found");
  const { assessment, ...more } = evaluated;
  return { decided: requirePermitted(assessment), ...more };
}
