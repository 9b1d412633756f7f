import type { Caller } from "../../contract/caller.ts";
import { type Instance, instanceKey } from "../shared/instance.ts";
import type { PolicyEngine, PolicyQuestion, Verdict } from "./engine.ts";
import type { PolicyTime } from "./policy-time.ts";

/** What policy is told of an access request that is active. */
export interface Access {
  /** How many reviewers have approved it. */
  readonly approvals: number;
  readonly breakGlass: boolean;
  readonly reason: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** The facts of a connection for the evaluation. */
export interface ConnectContext {
  readonly osUser: string;
  /** What the request resolved to, or the requested options if nothing was usable. */
  readonly connectionType: string;
  readonly address?: string | undefined;
  /** The trust in the least trusted host key that the client would accept: 0 where none is known, 1 low, 2 medium, 3 high. */
  readonly hostKeyTrust: number;
  readonly time: PolicyTime;
  /** Of the caller's access request for this instance and OS user, while it is active. Asked only where policy denies without. */
  readonly access?: Access | undefined;
}

/** The facts of a request for access for the caller themselves. */
export interface RequestActionContext {
  readonly osUser: string;
  readonly breakGlass: boolean;
  readonly durationSeconds: number;
  readonly time: PolicyTime;
}

/** The facts of a request for somebody else's access. */
export interface DelegateContext {
  readonly osUser: string;
  /** The id of the person who would get access. */
  readonly subject: string;
  readonly durationSeconds: number;
  readonly time: PolicyTime;
}

/** What is known of an access request when somebody would review or revoke it. */
export interface ReviewContext {
  readonly osUser: string;
  readonly subject: string;
  readonly requestedBy: string;
  readonly breakGlass: boolean;
  readonly time: PolicyTime;
}

/** May the caller know that the instance exists? Asked of an absent one too, so that both answers take the same time. */
export function mayView(engine: PolicyEngine, caller: Caller, instance: Instance | undefined): instance is Instance {
  const { allowed } = ask(engine, "view", { caller, instance: instance ?? absent }, {});
  return allowed && instance !== undefined;
}

/** May the caller have a key pushed, and which policies decided? */
export function mayConnect(engine: PolicyEngine, caller: Caller, instance: Instance, context: ConnectContext): Verdict {
  const { osUser, connectionType, address, hostKeyTrust, time, access } = context;
  return ask(
    engine,
    "connect",
    { caller, instance },
    {
      osUser,
      connectionType,
      ...(address !== undefined && { address }),
      hostKeyTrust,
      time: timeOf(time),
      ...(access && { access: accessOf(access) }),
    },
  );
}

/** May the caller ask for access for themselves? The deciding policies' bounds hold for it: `engine.boundsOf`. */
export function mayRequest(
  engine: PolicyEngine,
  caller: Caller,
  instance: Instance,
  context: RequestActionContext,
): Verdict {
  const { osUser, breakGlass, durationSeconds, time } = context;
  return ask(engine, "request", { caller, instance }, { osUser, breakGlass, durationSeconds, time: timeOf(time) });
}

/** May the caller ask for access for somebody else? The deciding policies' bounds hold for it: `engine.boundsOf`. */
export function mayDelegate(
  engine: PolicyEngine,
  caller: Caller,
  instance: Instance,
  context: DelegateContext,
): Verdict {
  const { osUser, subject, durationSeconds, time } = context;
  return ask(engine, "delegate", { caller, instance }, { osUser, subject, durationSeconds, time: timeOf(time) });
}

/** Does policy let the caller review such an access request? That nobody reviews their own is not policy's to say. */
export function mayReview(engine: PolicyEngine, caller: Caller, instance: Instance, context: ReviewContext): Verdict {
  return ask(engine, "review", { caller, instance }, requestOf(context));
}

/** Does policy let the caller end such access? The subject and the reviewers may without being asked. */
export function mayRevoke(engine: PolicyEngine, caller: Caller, instance: Instance, context: ReviewContext): Verdict {
  return ask(engine, "revoke", { caller, instance }, requestOf(context));
}

/** May the caller read what happened around the instance? */
export function mayReadAudit(engine: PolicyEngine, caller: Caller, instance: Instance): Verdict {
  return ask(engine, "readAudit", { caller, instance }, {});
}

/** May the caller see and say which host keys Latchkey vouches for? */
export function mayManageHostKeys(engine: PolicyEngine, caller: Caller, instance: Instance): Verdict {
  return ask(engine, "manageHostKeys", { caller, instance }, {});
}

const absent = { instanceId: "", accountId: "", region: "", tags: {} };

function ask(
  engine: PolicyEngine,
  action: PolicyQuestion["action"],
  { caller, instance }: { readonly caller: Caller; readonly instance: Parameters<typeof resourceOf>[0] },
  context: PolicyQuestion["context"],
): Verdict {
  return engine.decide({ principal: principalOf(caller), action, resource: resourceOf(instance), context });
}

function principalOf({ id, kind, groups }: Caller): PolicyQuestion["principal"] {
  return {
    uid: { type: kind === "person" ? "Latchkey::Person" : "Latchkey::Machine", id },
    attrs: {},
    parents: groups.map((group) => ({ type: "Latchkey::Group", id: group })),
  };
}

function resourceOf({
  instanceId,
  accountId,
  region,
  vpcId,
  tags,
}: Pick<Instance, "instanceId" | "accountId" | "region" | "vpcId" | "tags">): PolicyQuestion["resource"] {
  return {
    uid: { type: "Latchkey::Instance", id: instanceKey({ accountId, region, instanceId }) },
    attrs: { account: accountId, region, ...(vpcId !== undefined && { vpc: vpcId }) },
    parents: [],
    tags: { ...tags },
  };
}

// Field by field: Cedar denies a context that has one too many, and a caller's object may well have more.
const timeOf = ({ epoch, hour, weekday }: PolicyTime) => ({ epoch, hour, weekday });

const accessOf = ({ approvals, breakGlass, reason, expiresAt }: Access) => ({
  approvals,
  breakGlass,
  reason,
  expiresAt,
});

const requestOf = ({ osUser, subject, requestedBy, breakGlass, time }: ReviewContext) => ({
  osUser,
  subject,
  requestedBy,
  breakGlass,
  time: timeOf(time),
});
