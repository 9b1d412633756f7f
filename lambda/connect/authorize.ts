import { namedOsUser } from "../resolve/os-user.ts";
import { Problem } from "../shared/problem.ts";
import { type Decided, requirePermitted } from "./assess.ts";
import { type Judgement, judge } from "./evaluate.ts";
import { askAtOnce, type FirstWave } from "./gather-inputs.ts";
import { noteAssessment } from "./note-assessment.ts";
import type { ConnectPorts, ConnectSettings, CreateConnection } from "./ports.ts";
import { readKey, requireConsistent } from "./read-request.ts";
import { type OnRecord, recordDenial } from "./record.ts";

/** A connection that may be made, and what was found out on the way. */
export interface Authorized
  extends Pick<FirstWave, "hostKeys">,
    Pick<Judgement, "credentials" | "at" | "pushBy" | "again"> {
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

  const wave = await askAtOnce(ports, settings, request);
  const onRecord = { request, key, policyDigest: wave.policy.digest };
  const judged = await judge(ports, settings, request, wave);
  const authorized = await requireAuthorized(ports, onRecord, judged);
  if (namedOsUser(body, params.instanceId) === undefined)
    ports.osUsers.learn(params.instanceId, authorized.decided.osUser);
  return { onRecord, ...authorized, hostKeys: wave.hostKeys };
}

/**
 * The verdict of a judgement. What was decided is in the facts, and a denial is on record, when this ends.
 *
 * @param judged undefined where the caller may not see the instance, or there is none.
 * @throws Problem for every verdict but yes.
 */
export async function requireAuthorized(
  ports: ConnectPorts,
  onRecord: OnRecord,
  judged: Judgement | undefined,
): Promise<Omit<Authorized, "onRecord" | "hostKeys">> {
  if (judged) noteAssessment(onRecord.request.facts, judged.assessment);
  await recordDenial(ports, onRecord, judged?.assessment);
  if (!judged) throw new Problem("instance-not-found");
  const { assessment, ...more } = judged;
  return { decided: requirePermitted(assessment), ...more };
}
