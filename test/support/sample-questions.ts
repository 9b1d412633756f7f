import path from "node:path";
import type { PolicyQuestion, Verdict } from "../../lambda/policy/engine.ts";
import { compilePolicies, inJson } from "../../lib/compile-policies.ts";
import { engineWith } from "./policy-engine.ts";

/** In the form that is deployed. */
const { schema, policies } = inJson(compilePolicies(path.resolve(import.meta.dirname, "../../policies")));
const engine = engineWith(policies, schema);

function caller(kind: "Person" | "Machine", id: string, group: string): PolicyQuestion["principal"] {
  return { uid: { type: `Latchkey::${kind}`, id }, attrs: {}, parents: [{ type: "Latchkey::Group", id: group }] };
}
const callers = {
  alice: caller("Person", "alice", "111122223333/Engineer"),
  bob: caller("Person", "bob", "111122223333/OnCall"),
  carol: caller("Person", "carol", "111122223333/Guest"),
  chatbot: caller("Machine", "111122223333/ChatBot", "111122223333/ChatBot"),
  "a machine of alice's role": caller("Machine", "111122223333/Engineer", "111122223333/Engineer"),
  "an Engineer of another account": caller("Person", "alice", "444455556666/Engineer"),
  "an OnCall of another account": caller("Person", "bob", "444455556666/OnCall"),
};
export type Who = keyof typeof callers;
/** Everybody that the sample policies name, and some whom they must not take for them. */
export const everybody = Object.keys(callers) as Who[];

/** The tag `env`; `none` is an instance without it. */
export const environments = ["dev", "prod", "restricted", "none", "staging", "Prod"] as const;
export type Env = (typeof environments)[number];
const instance = (env: Env): PolicyQuestion["resource"] => ({
  uid: { type: "Latchkey::Instance", id: "i-0123456789abcdef0" },
  attrs: { account: "111122223333", region: "us-east-1" },
  parents: [],
  tags: env === "none" ? { Name: "web-1" } : { env },
});

export const osUsers = ["ec2-user", "ubuntu", "admin", "root", "bob", "EC2-User"] as const;
export type OsUser = (typeof osUsers)[number];

const request = { reason: "a disk is full", expiresAt: 1_767_326_645 };
const accesses = {
  "no access": undefined,
  "no approval": { ...request, approvals: 0, breakGlass: false },
  "1 approval": { ...request, approvals: 1, breakGlass: false },
  "2 approvals": { ...request, approvals: 2, breakGlass: false },
  "break-glass": { ...request, approvals: 0, breakGlass: true },
};
export type Access = keyof typeof accesses;
export const everyAccess = Object.keys(accesses) as Access[];

/** May they see an instance with this `env`? Asked of the policies as they are deployed. */
export const view = (who: Who, env: Env): Verdict =>
  engine.decide({ principal: callers[who], action: "view", resource: instance(env), context: {} });

/** May they connect to it so? */
export function connect(who: Who, osUser: OsUser, env: Env, access: Access): Verdict {
  const given = accesses[access];
  const time = { epoch: 1_767_323_045, hour: 3, weekday: 5 };
  return engine.decide({
    principal: callers[who],
    action: "connect",
    resource: instance(env),
    context: { osUser, connectionType: "eice", address: "10.0.0.5", time, ...(given && { access: { ...given } }) },
  });
}
