import path from "node:path";
import type { PolicyQuestion, Verdict } from "../../lambda/policy/engine.ts";
import { compilePolicies, inJson } from "../../lib/build/compile-policies.ts";
import { settings } from "../../local/shared/account.ts";
import { engineWith } from "./policy-engine.ts";

/** In deployed form. */
const { schema, policies } = inJson(compilePolicies(path.resolve(import.meta.dirname, "../../policies"), settings));
const engine = engineWith(policies, schema);

function caller(kind: "Person" | "Machine", id: string, ...groups: string[]): PolicyQuestion["principal"] {
  const parents = groups.map((group) => ({ type: "Latchkey::Group", id: group }));
  return { uid: { type: `Latchkey::${kind}`, id }, attrs: {}, parents };
}
const callers = {
  alice: caller("Person", "alice", "Engineer"),
  bob: caller("Person", "bob", "OnCall"),
  carol: caller("Person", "carol", "Guest"),
  chatbot: caller("Machine", "111122223333/ChatBot", "ChatBot"),
  "a machine of alice's role": caller("Machine", "111122223333/Engineer", "Engineer"),
  "a machine of bob's role": caller("Machine", "111122223333/OnCall", "OnCall"),
  "a person of chatbot's role": caller("Person", "mallory", "ChatBot"),
  "an Engineer of another account": caller("Person", "alice"),
  "an OnCall of another account": caller("Person", "bob"),
  "a ChatBot of another account": caller("Machine", "444455556666/ChatBot"),
};
/** People of the setting `identities.nameDomain`, and one of another domain. */
const named = {
  "bob of example.com": { ...caller("Person", "bob@example.com", "Engineer"), attrs: { name: "bob" } },
  "root of example.com": { ...caller("Person", "root@example.com", "OnCall"), attrs: { name: "root" } },
  "a guest bob of example.com": { ...caller("Person", "bob@example.com", "Guest"), attrs: { name: "bob" } },
  "bob of example.org": caller("Person", "bob@example.org", "OnCall"),
};
const principals = { ...callers, ...named };
export type Who = keyof typeof principals;
/** Everybody that the sample policies name, and similar callers whom they must not match. */
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

const given = { scope: "instance", integrations: [], reason: "a disk is full", expiresAt: 1_767_326_645 };
const accesses = {
  "no access": undefined,
  "no approval": { ...given, approvals: 0, breakGlass: false },
  "1 approval": { ...given, approvals: 1, breakGlass: false },
  "2 approvals": { ...given, approvals: 2, breakGlass: false },
  "2 approvals, no reason": { ...given, approvals: 2, breakGlass: false, reason: "" },
  "break-glass": { ...given, approvals: 0, breakGlass: true },
  "break-glass, no reason": { ...given, approvals: 0, breakGlass: true, reason: "" },
};
export type Access = keyof typeof accesses;
export const everyAccess = Object.keys(accesses) as Access[];

const time = { epoch: 1_767_323_045, hour: 3, weekday: 5 };

/** Evaluates the policies as deployed. */
const ask = (who: Who, action: PolicyQuestion["action"], env: Env, context: PolicyQuestion["context"] = {}): Verdict =>
  engine.decide({ principal: principals[who], action, resource: instance(env), context });

/** Whether they may see an instance with this `env`, or do another action without context. */
export const see = (who: Who, env: Env, action: "view" | "readAudit" | "manageHostKeys" = "view"): Verdict =>
  ask(who, action, env);

/** Whether they may connect to it like this. */
export function connect(who: Who, osUser: OsUser, env: Env, access: Access): Verdict {
  const active = accesses[access];
  return ask(who, "connect", env, {
    osUser,
    connectionType: "eice",
    address: "10.0.0.5",
    hostKeyTrust: 0,
    time,
    ...(active && { access: { ...active } }),
  });
}

/** Whether bob may see an instance with env=dev of this platform. */
export const seePlatform = (platform: string): Verdict => {
  const { attrs, ...resource } = instance("dev");
  const principal = callers.bob;
  return engine.decide({
    principal,
    action: "view",
    resource: { ...resource, attrs: { ...attrs, platform } },
    context: {},
  });
};

/** Whether they may connect to its serial console like this. */
export function connectSerially(who: Who, env: Env, access: Access): Verdict {
  const active = accesses[access];
  return ask(who, "connect", env, {
    osUser: `${instance(env).uid.id}.port0`,
    connectionType: "serial",
    hostKeyTrust: 3,
    time,
    ...(active && { access: { ...active } }),
  });
}

/** Whether they may request access for themselves. */
export const request = (who: Who, osUser: OsUser, env: Env, breakGlass: boolean): Verdict =>
  ask(who, "request", env, { scope: "instance", osUser, breakGlass, durationSeconds: 3600, time });

/** Whether they may request access for alice. */
export const delegate = (who: Who, osUser: OsUser, env: Env): Verdict =>
  ask(who, "delegate", env, { scope: "instance", osUser, subject: "alice", durationSeconds: 3600, time });

/** Whether they may review or revoke alice's access request. */
export const verdictOn = (
  who: Who,
  action: "review" | "revoke",
  osUser: OsUser,
  env: Env,
  breakGlass: boolean,
): Verdict =>
  ask(who, action, env, { scope: "instance", osUser, subject: "alice", requestedBy: "alice", breakGlass, time });

/** Whether they may suspend or restore another. */
export const suspends = (who: Who, other: Who, restore: boolean): Verdict =>
  engine.decide({
    principal: principals[who],
    action: "suspend",
    resource: principals[other],
    context: { restore, time },
  });

/** The bounds that these policies set. */
export const boundsOf = engine.boundsOf;
