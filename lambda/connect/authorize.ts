import { Problem } from "../http/problem.ts";
import { type Decided, requirePermitted } from "./decide.ts";
import { askAtOnce, type FirstWave } from "./first-wave.ts";
import { type Judgement, judge } from "./judge.ts";
import { noteAssessment } from "./note-assessment.ts";
import type { ConnectPorts, ConnectSettings, CreateConnection } from "./ports.ts";
import { readKey, requireConsistent } from "./read-wish.ts";
import { recordDenial, type Subject } from "./record.ts";

/** A connection that may be made, and what was found out on the way. */
export interface Authorized extends Pick<FirstWave, "hostKeys">, Pick<Judgement, "credentials" | "at" | "pushBy"> {
  readonly subject: Subject;
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
  const subject = { request, key, policyDigest: wave.policy.digest };
  const judged = await judge(ports, settings, request, wave);
  if (judged) noteAssessment(facts, judged.assessment);
  await recordDenial(ports, subject, judged?.assessment);
  if (!judged) throw new Problem("instance-not-found");
  const { assessment, ...more } = judged;
  const decided = requirePermitted(assessment);
  if (body.osUser === undefined) ports.osUsers.learn(params.instanceId, decided.osUser);
  return { subject, decided, ...more, hostKeys: wave.hostKeys };
}
