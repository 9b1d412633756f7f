import { nodeCrypto } from "../client/api/node-crypto.ts";
import { pushSession, type SessionPolicy, tunnelSession } from "../lambda/connect/session-policy.ts";
import { partitionOf } from "../lambda/shared/target.ts";
import { signedHeaders } from "../sdk/sigv4.ts";
import { NotCheckable } from "./check.ts";
import type { SmokeWorld } from "./world.ts";

interface Question {
  readonly what: string;
  readonly policy: SessionPolicy;
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
  readonly isAllowed: boolean;
}

type Context = Readonly<Record<string, readonly [type: "string" | "numeric" | "ip" | "date", value: string]>>;

/**
 * Whether IAM evaluates the session policies of pushes and tunnels as meant: with IAM's own simulator, which nothing is done by.
 *
 * @throws NotCheckable without IAM, or without the permission; Error that names each difference.
 */
export async function checkSessionPolicies(world: SmokeWorld): Promise<string> {
  const { iamUrl } = world;
  if (iamUrl === undefined) throw new NotCheckable("the local stack has no IAM");
  const questions = questionsFor(world);
  const wrong: string[] = [];
  for (const question of questions) {
    const decision = await simulate(world, iamUrl, question);
    if ((decision === "allowed") !== question.isAllowed) wrong.push(`${question.what}: ${decision}`);
  }
  if (wrong.length > 0) throw new Error(wrong.join("; "));
  return `IAM's simulator decided ${questions.length} questions as meant`;
}

/** What each policy permits, and what it must not: another value of each thing that it names, and its time after its end. */
function questionsFor({ region, clock }: SmokeWorld): readonly Question[] {
  // Not the stack's own: the simulator compares names, and asks no service.
  const target = { partition: partitionOf(region) ?? "aws", accountId: "111122223333", region };
  const arn = (resource: string) => `arn:${target.partition}:ec2:${region}:${target.accountId}:${resource}`;
  const now = clock();
  const until = new Date(now.getTime() + 5000);
  const at = (date: Date): Context => ({ "aws:CurrentTime": ["date", date.toISOString()] });

  const push = {
    what: "a push",
    policy: pushSession(target, "i-0123456789abcdef0", "ec2-user", until),
    action: "ec2-instance-connect:SendSSHPublicKey",
    resource: arn("instance/i-0123456789abcdef0"),
    context: { ...at(now), "ec2:osuser": ["string", "ec2-user"] } as Context,
    isAllowed: true,
  };
  const destination = { endpointId: "eice-0123456789abcdef0", address: "10.0.0.10", port: 22, maxDuration: 900 };
  const tunnelTo = (address: string, port: number, duration: number, date: Date): Context => ({
    ...at(date),
    "ec2-instance-connect:privateIpAddress": ["ip", address],
    "ec2-instance-connect:remotePort": ["numeric", String(port)],
    "ec2-instance-connect:maxTunnelDuration": ["numeric", String(duration)],
  });
  const tunnel = {
    what: "a tunnel",
    policy: tunnelSession(target, destination, until),
    action: "ec2-instance-connect:OpenTunnel",
    resource: arn(`instance-connect-endpoint/${destination.endpointId}`),
    context: tunnelTo("10.0.0.10", 22, 900, now),
    isAllowed: true,
  };
  const denied = (question: Question, what: string, change: Partial<Question>): Question => ({
    ...question,
    ...change,
    what: `${question.what} ${what}`,
    isAllowed: false,
  });
  const root: Context = { ...at(now), "ec2:osuser": ["string", "root"] };
  return [
    push,
    denied(push, "to another instance", { resource: arn("instance/i-0fedcba9876543210") }),
    denied(push, "for another OS user", { context: root }),
    denied(push, "after the end", { context: { ...push.context, ...at(until) } }),
    denied(push, "to a serial console", { action: "ec2-instance-connect:SendSerialConsoleSSHPublicKey" }),
    tunnel,
    denied(tunnel, "through another endpoint", { resource: arn("instance-connect-endpoint/eice-0fedcba9876543210") }),
    denied(tunnel, "to another address", { context: tunnelTo("10.0.0.11", 22, 900, now) }),
    denied(tunnel, "to another port", { context: tunnelTo("10.0.0.10", 3389, 900, now) }),
    denied(tunnel, "of another duration", { context: tunnelTo("10.0.0.10", 22, 3600, now) }),
    denied(tunnel, "after the end", { context: tunnelTo("10.0.0.10", 22, 900, until) }),
  ];
}

/** IAM's decision: `allowed`, `implicitDeny` or `explicitDeny`. */
async function simulate(
  { region, transport, credentials, clock }: SmokeWorld,
  iamUrl: string,
  { policy, action, resource, context }: Question,
): Promise<string> {
  const parameters = new URLSearchParams({
    Action: "SimulateCustomPolicy",
    Version: "2010-05-08",
    "PolicyInputList.member.1": policy,
    "ActionNames.member.1": action,
    "ResourceArns.member.1": resource,
  });
  for (const [index, [key, [type, value]]] of Object.entries(context).entries()) {
    const entry = `ContextEntries.member.${index + 1}`;
    parameters.set(`${entry}.ContextKeyName`, key);
    parameters.set(`${entry}.ContextKeyType`, type);
    parameters.set(`${entry}.ContextKeyValues.member.1`, value);
  }
  const request = { method: "GET", url: new URL(`${iamUrl}/?${parameters}`), body: "" };
  const scope = { region: iamOf(region).region, service: "iam", now: clock(), crypto: nodeCrypto };
  const headers = await signedHeaders(request, await credentials(), scope);
  const { status, body } = await transport({ ...request, headers }, { timeout: 30_000, signal: undefined });
  if (status === 403) throw new NotCheckable("your credentials may not call iam:SimulateCustomPolicy");
  const [, decision] = /<EvalDecision>(\w+)<\/EvalDecision>/.exec(body) ?? [];
  if (status !== 200 || decision === undefined) throw new Error(`IAM's simulator returned ${status}`);
  return decision;
}

/** IAM's endpoint for a region's partition, and the region that requests to it are signed for. */
export function iamOf(region: string): { readonly url: string; readonly region: string } {
  switch (partitionOf(region)) {
    case "aws-us-gov":
      return { url: "https://iam.us-gov.amazonaws.com", region: "us-gov-west-1" };
    case "aws-cn":
      return { url: "https://iam.cn-north-1.amazonaws.com.cn", region: "cn-north-1" };
    default:
      return { url: "https://iam.amazonaws.com", region: "us-east-1" };
  }
}
