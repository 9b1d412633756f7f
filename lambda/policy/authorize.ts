import { isIPv4, isIPv6 } from "node:net";
import type { Caller } from "../../contract/caller.ts";
import { type Instance, instanceKey } from "../shared/instance.ts";
import type { ScopeKind } from "../shared/scope.ts";
import type { Decider, PolicyQuestion, Verdict } from "./engine.ts";
import type { PolicyTime } from "./policy-time.ts";

/** An active access request, as policy sees it. */
export interface Access {
  readonly scope: ScopeKind;
  /** How many people have approved it: of a scope of tags, those who may review on the instance. */
  readonly approvals: number;
  /** The integrations that have. */
  readonly integrations?: readonly string[];
  readonly breakGlass: boolean;
  readonly reason: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** When and from where the caller calls, as policy sees it. */
export interface Circumstances {
  readonly time: PolicyTime;
  /** As the front door says. Policy does not see what Cedar cannot read. */
  readonly sourceIp?: string | undefined;
}

/** A connection, as policy sees it. */
export interface ConnectContext extends Circumstances {
  readonly osUser: string;
  /** What the request resolved to, or the requested options if nothing was usable. */
  readonly connectionType: string;
  readonly address?: string | undefined;
  /** The trust in the least trusted host key that the client would accept: 0 if none is known, 1 low, 2 medium, 3 high. */
  readonly hostKeyTrust: number;
  /** The caller's active access request for this instance and OS user. Passed only if policy denies the connection without it. */
  readonly access?: Access | undefined;
}

/** A request for the caller's own access, as policy sees it. */
export interface RequestActionContext extends Circumstances {
  readonly scope: ScopeKind;
  readonly osUser: string;
  readonly breakGlass: boolean;
  readonly durationSeconds: number;
}

/** A request for somebody else's access, as policy sees it. */
export interface DelegateContext extends Circumstances {
  readonly scope: ScopeKind;
  readonly osUser: string;
  /** The id of the person who would get access. */
  readonly subject: string;
  readonly durationSeconds: number;
}

/** An access request to review or revoke, as policy sees it. */
export interface ReviewContext extends Circumstances {
  readonly scope: ScopeKind;
  readonly osUser: string;
  readonly subject: string;
  readonly requestedBy: string;
  readonly breakGlass: boolean;
}

/** May the caller know that the instance exists? Evaluated for an absent one too, so that both cases take the same time. */
export function mayView(engine: Decider, caller: Caller, instance: Instance | undefined): instance is Instance {
  return viewVerdict(engine, caller, instance).allowed && instance !== undefined;
}

/** The same, with the policies that decide. */
export function viewVerdict(engine: Decider, caller: Caller, instance: Instance | undefined): Verdict {
  return ask(engine, "view", { caller, instance: instance ?? absent }, {});
}

/** May the caller have a key pushed, and which policies decided? */
export function mayConnect(engine: Decider, caller: Caller, instance: Instance, context: ConnectContext): Verdict {
  const { osUser, connectionType, address, hostKeyTrust, access } = context;
  return ask(
    engine,
    "connect",
    { caller, instance },
    {
      osUser,
      connectionType,
      ...(address !== undefined && { address }),
      hostKeyTrust,
      ...circumstancesOf(context),
      ...(access && { access: accessOf(access) }),
    },
  );
}

/** May the caller ask for access for themselves? The deciding policies' bounds hold for it: `engine.boundsOf`. */
export function mayRequest(
  engine: Decider,
  caller: Caller,
  instance: Instance,
  context: RequestActionContext,
): Verdict {
  const { scope, osUser, breakGlass, durationSeconds } = context;
  const asked = { scope, osUser, breakGlass, durationSeconds, ...circumstancesOf(context) };
  return ask(engine, "request", { caller, instance }, asked);
}

/** May the caller ask for access for somebody else? The deciding policies' bounds hold for it: `engine.boundsOf`. */
export function mayDelegate(engine: Decider, caller: Caller, instance: Instance, context: DelegateContext): Verdict {
  const { scope, osUser, subject, durationSeconds } = context;
  const asked = { scope, osUser, subject, durationSeconds, ...circumstancesOf(context) };
  return ask(engine, "delegate", { caller, instance }, asked);
}

/** May the caller review such an access request? That nobody reviews their own does not depend on policy. */
export function mayReview(engine: Decider, caller: Caller, instance: Instance, context: ReviewContext): Verdict {
  return ask(engine, "review", { caller, instance }, requestOf(context));
}

/** May the caller revoke such access? Its subject and reviewers always may. */
export function mayRevoke(engine: Decider, caller: Caller, instance: Instance, context: ReviewContext): Verdict {
  return ask(engine, "revoke", { caller, instance }, requestOf(context));
}

/** May the caller read the audit events of the instance? */
export function mayReadAudit(engine: Decider, caller: Caller, instance: Instance): Verdict {
  return ask(engine, "readAudit", { caller, instance }, {});
}

/** May the caller see and register host keys of the instance? */
export function mayManageHostKeys(engine: Decider, caller: Caller, instance: Instance): Verdict {
  return ask(engine, "manageHostKeys", { caller, instance }, {});
}

/** A suspension, or its end, as policy sees it. */
export interface SuspendContext extends Circumstances {
  /** Whether it ends a suspension. */
  readonly restore: boolean;
}

/** May the caller suspend or restore another? @param others everybody that the other could be: each must be permitted. */
export function maySuspend(
  engine: Decider,
  caller: Caller,
  others: readonly Caller[],
  { restore, ...circumstances }: SuspendContext,
): Verdict {
  const context = { restore, ...circumstancesOf(circumstances) };
  const principal = principalOf(caller, engine.nameDomain);
  const verdicts = others.map((other) =>
    engine.decide({ principal, action: "suspend", resource: principalOf(other, engine.nameDomain), context }),
  );
  return {
    allowed: verdicts.length > 0 && verdicts.every(({ allowed }) => allowed),
    policies: [...new Set(verdicts.flatMap(({ policies }) => policies))],
  };
}

const absent = { instanceId: "", accountId: "", region: "", tags: {} };

function ask(
  engine: Decider,
  action: PolicyQuestion["action"],
  { caller, instance }: { readonly caller: Caller; readonly instance: Parameters<typeof resourceOf>[0] },
  context: PolicyQuestion["context"],
): Verdict {
  return engine.decide({
    principal: principalOf(caller, engine.nameDomain),
    action,
    resource: resourceOf(instance),
    context,
  });
}

/** A caller as policies see them. */
export function principalOf({ id, kind, groups }: Caller, nameDomain: string | undefined): PolicyQuestion["principal"] {
  const name = kind === "person" ? nameOf(id, nameDomain) : undefined;
  return {
    uid: { type: kind === "person" ? "Latchkey::Person" : "Latchkey::Machine", id },
    attrs: { ...(name !== undefined && { name }) },
    parents: groups.map((group) => ({ type: "Latchkey::Group", id: group })),
  };
}

/** The id up to its only `@`, behind which is the domain: people of another domain could have the same name. */
export function nameOf(id: string, nameDomain: string | undefined): string | undefined {
  const [name, domain, more] = id.split("@");
  return nameDomain !== undefined && domain === nameDomain && more === undefined ? name : undefined;
}

/** An instance as policies see it. */
export function resourceOf({
  instanceId,
  accountId,
  region,
  vpcId,
  platform,
  tags,
}: Pick<Instance, "instanceId" | "accountId" | "region" | "vpcId" | "platform" | "tags">): PolicyQuestion["resource"] {
  return {
    uid: { type: "Latchkey::Instance", id: instanceKey({ accountId, region, instanceId }) },
    attrs: {
      ...(accountId !== "" && { account: accountId }),
      ...(region !== "" && { region }),
      ...(vpcId !== undefined && { vpc: vpcId }),
      ...(platform !== undefined && { platform }),
    },
    parents: [],
    tags: { ...tags },
  };
}

// Field by field: Cedar denies a context with unknown attributes, and a caller's object may have more.
const circumstancesOf = ({ time: { epoch, hour, weekday }, sourceIp }: Circumstances) => ({
  time: { epoch, hour, weekday },
  ...(sourceIp !== undefined && isCedarAddress(sourceIp) && { sourceIp: { __extn: { fn: "ip", arg: sourceIp } } }),
});

/** Cedar takes no zone of a link, and no IPv4 address within an IPv6 one; it would deny the whole question. */
const isCedarAddress = (text: string) => isIPv4(text) || (isIPv6(text) && /^[0-9a-f:]*$/i.test(text));

const accessOf = ({ scope, approvals, integrations = [], breakGlass, reason, expiresAt }: Access) => ({
  scope,
  approvals,
  integrations: [...integrations],
  breakGlass,
  reason,
  expiresAt,
});

const requestOf = ({ scope, osUser, subject, requestedBy, breakGlass, ...context }: ReviewContext) => ({
  scope,
  osUser,
  subject,
  requestedBy,
  breakGlass,
  ...circumstancesOf(context),
});
