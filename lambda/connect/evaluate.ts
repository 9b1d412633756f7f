import type { AccessRequest } from "../access/access-request.ts";
import type { SessionCredentials } from "../aws/sts/push-role.ts";
import { mayView } from "../policy/authorize.ts";
import { decidingImage, namedOsUser } from "../resolve/os-user.ts";
import { earlier, secondsAfter } from "../shared/time.ts";
import { type Assessment, assessConnection, osUserOf } from "./assess.ts";
import { gatherForOsUser, type Inputs } from "./gather-inputs.ts";
import type { ConnectPorts, ConnectSettings, CreateConnection } from "./ports.ts";

/** Seconds between an intent and the last moment at which an attempt to push may start. */
const pushWindow = 5;

/** What was decided of an instance that the caller may see. */
export interface Evaluation {
  readonly assessment: Assessment;
  /** They push for the assessment's OS user. */
  readonly credentials: SessionCredentials;
  /** The moment that was evaluated. */
  readonly at: Date;
  /** No push attempt starts later: neither five seconds on, nor after the access that carries it. */
  readonly pushBy: Date;
  /** Judges the same reevaluate, as of the moment that it is called. */
  readonly reevaluate: () => Evaluation;
}

/**
 * Steps 4 to 7. Where an access request carries the connection it has been reserved with `pushBy` when this resolves; if it
 * was revoked or ran out in between, the connection has been evaluated without it.
 *
 * @returns undefined where the caller may not see the instance, or there is none.
 * @throws Problem `invalid-request` for a options that names what the instance has not; and as the ports do.
 */
export async function evaluate(
  ports: ConnectPorts,
  settings: ConnectSettings,
  request: CreateConnection,
  { policy, described, endpoints, hostKeys, guess }: Inputs,
): Promise<Evaluation | undefined> {
  const { caller, body, deadline } = request;
  if (!mayView(policy, caller, described)) return undefined;

  const instance = described;
  const imageId = namedOsUser(body, instance.instanceId) === undefined ? decidingImage(instance) : undefined;
  const imageName = imageId && (await ports.readImageName(imageId, deadline.signal));
  const osUser = osUserOf({ options: body, instance, imageName }, settings);
  const { accessRequest, credentials } =
    osUser === guess.osUser ? guess : await gatherForOsUser(ports, settings, request, osUser);

  const evaluateNow = (stored: AccessRequest | undefined): Evaluation => {
    const at = ports.clock();
    const time = settings.policyTime(at);
    const situation = {
      caller,
      instance,
      imageName,
      endpoints,
      hostKeys,
      options: body,
      accessRequest: stored,
      now: at,
      time,
    };
    const assessment = assessConnection(policy, situation, settings);
    const inTime = secondsAfter(at, pushWindow);
    const pushBy = assessment.access ? earlier(inTime, new Date(assessment.access.expiresAt)) : inTime;
    return { assessment, credentials, at, pushBy, reevaluate: () => evaluateNow(stored) };
  };
  const evaluated = evaluateNow(accessRequest);
  const { access, refusal } = evaluated.assessment;
  if (refusal || !access) return evaluated;
  const reserved = await ports.reserveAccess(access, evaluated.pushBy, evaluated.at, deadline.signal);
  return reserved ? evaluated : evaluateNow(undefined);
}
