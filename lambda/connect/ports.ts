import type { Routes } from "../../contract/routes.ts";
import type { AccessRequest, AccessTarget } from "../access/access-request.ts";
import type { Push, Pushed } from "../aws/ec2-instance-connect/push-key.ts";
import type { TunnelUrlRequest } from "../aws/ec2-instance-connect/tunnel-url.ts";
import type { SessionCredentials } from "../aws/sts/push-role.ts";
import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import type { ApiRequest } from "../http/api-function.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import type { ResolveSettings } from "../resolve/resolve.ts";
import type { Endpoint, Instance } from "../shared/instance.ts";
import type { ConnectionState } from "./connection-state.ts";
import type { OsUserMemory } from "./os-user-memory.ts";
import type { Place, SessionPolicy } from "./session-policy.ts";

export type CreateConnection = ApiRequest<Routes["createConnection"]>;

/** All that making a connection reaches outside for. Each rejects with a Problem, and ends when its signal does. */
export interface ConnectPorts {
  clock(): Date;
  readonly policy: Promise<PolicyEngine>;
  describeInstance(instanceId: string, signal: AbortSignal): Promise<Instance | undefined>;
  /** Undefined where the image is not there any more. */
  readImageName(imageId: string, signal: AbortSignal): Promise<string | undefined>;
  /** What was found out by earlier requests. */
  readonly osUsers: Pick<OsUserMemory, "guess" | "learn">;
  describeEndpoints(signal: AbortSignal): Promise<readonly Endpoint[]>;
  /** What the table holds of the instance's host keys, and the accessTarget's newest access request: one consistent read. */
  readForConnection(accessTarget: AccessTarget, signal: AbortSignal): Promise<StoredForConnection>;
  /** The accessTarget's newest access request, by a consistent read. */
  readCurrentAccess(accessTarget: AccessTarget, signal: AbortSignal): Promise<AccessRequest | undefined>;
  /**
   * Says on the access request that a push which it carries may start until `pushBy`. Undefined where it gives access no
   * longer at `now`, or has made room for another: then nothing may be pushed by it.
   */
  reserveAccess(
    accessRequest: AccessRequest,
    pushBy: Date,
    now: Date,
    signal: AbortSignal,
  ): Promise<AccessRequest | undefined>;
  /** The session bears the subject's name. */
  assumePushRole(subject: string, session: SessionPolicy, signal: AbortSignal): Promise<SessionCredentials>;
  pushKey(credentials: SessionCredentials, push: Push, signal: AbortSignal): Promise<Pushed>;
  presignTunnelUrl(credentials: SessionCredentials, request: TunnelUrlRequest, now: Date): Promise<string>;
  writeDenial(connectionId: string, state: ConnectionState, signal: AbortSignal): Promise<void>;
  writeIntent(connectionId: string, state: ConnectionState, signal: AbortSignal): Promise<void>;
  writeOutcome(connectionId: string, state: ConnectionState): Promise<void>;
}

export interface StoredForConnection {
  readonly hostKeys: readonly StoredHostKey[];
  readonly accessRequest: AccessRequest | undefined;
}

export interface ConnectSettings extends ResolveSettings {
  readonly place: Place;
  readonly defaultOsUser: string;
  /** Seconds. */
  readonly maxTunnelSeconds: number;
  /** Where the local stack opens every tunnel; undefined where endpoints have hosts of their own. */
  readonly tunnelOrigin?: string | undefined;
  readonly policyTime: (moment: Date) => PolicyTime;
}
