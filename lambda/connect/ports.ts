import type { Caller } from "../../contract/caller.ts";
import type { Connection } from "../../contract/connection.ts";
import type { AccessRequest, AccessTarget } from "../access/access-request.ts";
import type { Reservation } from "../access/reserve-access.ts";
import type { Suspensions } from "../access/suspension.ts";
import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import type { ConnectionOptions } from "../resolve/connection-options.ts";
import type { NetworkReader } from "../resolve/ports.ts";
import type { ResolveSettings } from "../resolve/resolve.ts";
import type { InstanceReader } from "../shared/instance.ts";
import type { RememberedPerson, ReviewerSources } from "../shared/people.ts";
import { Problem } from "../shared/problem.ts";
import type { QuotaCounter } from "../shared/quota.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { Target } from "../shared/target.ts";
import type { NamedInstance } from "../targets/locate.ts";
import type { ConnectionState } from "./connection-state.ts";
import type { Denial } from "./denial.ts";
import type { OsUserMemory } from "./os-user-memory.ts";
import type { SessionPolicy, TunnelDestination } from "./session-policy.ts";

/** A connection that a caller wants to be made. */
export interface ConnectionInput extends ConnectionOptions, NamedInstance {
  readonly caller: Caller;
  /** As the caller sent it. */
  readonly publicKey: string;
  /** Seconds that a tunnel may stay open; the stack's limit holds too. */
  readonly maxTunnelSeconds: number;
  readonly reason?: string | undefined;
}

/** What decides which scopes of tags cover a connection. */
export interface ScopeSettings {
  /** Keys of tags that a scope may name, beside those that policies name. */
  readonly scopeTags: readonly string[];
  /** Seconds for which the groups of reviewers are remembered. Undefined: the default. */
  readonly rememberedFor?: number | undefined;
}

export interface ConnectSettings extends ResolveSettings, ScopeSettings, ReviewerSources {
  readonly target: Target;
  readonly defaultOsUser: string;
  /** Seconds. */
  readonly maxTunnelSeconds: number;
  /** Where the local stack opens every tunnel; undefined if endpoints have hosts of their own. */
  readonly tunnelOrigin?: string | undefined;
  readonly policyTime: (moment: Date) => PolicyTime;
}

/** What a connection needs in the target of its instance. */
export interface TargetPorts {
  readonly instances: Pick<InstanceReader, "describeInstance">;
  readonly network: NetworkReader;
  readonly pushRole: PushRole;
  readonly keys: KeyPusher;
}

/** Everything that a connection needs from outside. Each call rejects with a Problem, and stops when its signal aborts. */
export interface ConnectPorts extends TargetPorts {
  readonly policy: PolicyEngine;
  readonly access: AccessLedger;
  readonly connections: ConnectionStore;
  readonly quota: QuotaCounter;
  readonly denials: DenialStore;
  /** What earlier requests found out. */
  readonly osUsers: Pick<OsUserMemory, "guess" | "learn">;
}

/** Ports and settings for the target that an instance is in. Rejects with a Problem. */
export type InTarget = (
  named: NamedInstance,
  context: RequestContext,
) => Promise<Pick<ConnectCall, "ports" | "settings">>;

/** One connection that is being made: what the steps of the story hand on as it is. */
export interface ConnectCall {
  readonly ports: ConnectPorts;
  readonly settings: ConnectSettings;
  readonly input: ConnectionInput;
  readonly context: RequestContext;
}

export interface StoredForConnection {
  /** All that are known of the instance, from every source. */
  readonly hostKeys: readonly StoredHostKey[];
  /**
   * The newest of the access target and the newest scheduled one, in any status, as far as no suspension of its parties
   * has ended it.
   */
  readonly accessRequests: readonly AccessRequest[];
  /** Whether the subject is. */
  readonly isSuspended: boolean;
}

/** Of access requests with a scope of tags. */
interface Parties {
  /** Their reviewers, as far as they have called. */
  readonly people: readonly RememberedPerson[];
  readonly suspensions: Suspensions;
}

/** What the table holds about a caller's access. Reads are consistent. */
export interface AccessLedger {
  readForConnection(accessTarget: AccessTarget, signal: AbortSignal): Promise<StoredForConnection>;
  /** The subject's access requests with a scope of tags, in any status. */
  readSlots(subject: string, signal: AbortSignal): Promise<readonly AccessRequest[]>;
  /** What is known of the parties of access requests with a scope of tags. */
  readParties(requests: readonly AccessRequest[], signal: AbortSignal): Promise<Parties>;
  /** The same access requests alone. */
  readCurrentAccess(accessTarget: AccessTarget, signal: AbortSignal): Promise<readonly AccessRequest[]>;
  /**
   * Stores on the access request that a push may start until `pushBy`.
   *
   * @returns undefined if it is no longer active, or no longer the newest: then nothing may be pushed under it.
   */
  reserveAccess(reservation: Reservation, signal: AbortSignal): Promise<AccessRequest | undefined>;
}

/** Credentials of the push role, narrowed to what one request needs. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface PushRole {
  /** The session bears the subject's name. */
  assumePushRole(subject: string, session: SessionPolicy, signal: AbortSignal): Promise<SessionCredentials>;
}

export interface Push {
  readonly instanceId: string;
  /** Unused for `serial`: the user of a console follows from the instance's id. */
  readonly osUser: string;
  /** `serial` pushes to the instance's serial console, any other type to its sshd. */
  readonly connectionType: Connection["connectionType"];
  /** Exactly `<algorithm> <base64>`. */
  readonly keyLine: string;
  /** No attempt starts later. */
  readonly pushBy: Date;
}

export interface Pushed {
  /** When the attempt that succeeded started: the key's 60 seconds count from no earlier. */
  readonly startedAt: Date;
  /** AWS's own id of the call: it joins our trail, CloudTrail and the host's log. */
  readonly awsRequestId: string | undefined;
}

export interface TunnelUrlRequest extends TunnelDestination {
  /** Where tunnels are opened: `wss://<the endpoint's DNS name>`. */
  readonly origin: string;
}

/** EC2 Instance Connect, by credentials of the push role. */
export interface KeyPusher {
  /** Rejects with `NotPushed` if no attempt started. */
  pushKey(credentials: SessionCredentials, push: Push, signal: AbortSignal): Promise<Pushed>;
  presignTunnelUrl(credentials: SessionCredentials, request: TunnelUrlRequest, now: Date): Promise<string>;
}

/** `deadline-exceeded` before any attempt started: AWS was not called, so no key was pushed. */
export class NotPushed extends Problem {
  constructor() {
    super("deadline-exceeded");
  }
}

/** Where denials are recorded. */
export interface DenialStore {
  /** Counts a denial with those of its kind in the same minute; the first of them makes an event. */
  writeDenial(denial: Denial, signal: AbortSignal): Promise<void>;
}

/** Where connections are recorded. */
export interface ConnectionStore {
  /** By a consistent read; undefined if there is none. */
  readConnection(connectionId: string, signal: AbortSignal): Promise<ConnectionState | undefined>;
  /** The first state of a connection; or, if its sequence is greater than 1, one that follows an outcome. */
  writeIntent(connectionId: string, state: ConnectionState, signal: AbortSignal): Promise<void>;
  /** Not stopped by the request's deadline: a push may have happened, and must be recorded. */
  writeOutcome(connectionId: string, state: ConnectionState): Promise<void>;
}
