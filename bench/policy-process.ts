import path from "node:path";
import { mayConnect, mayView } from "../lambda/policy/authorize.ts";
import { loadPolicyEngine } from "../lambda/policy/load.ts";
import { possibleReviewers } from "../lambda/policy/possible-reviewers.ts";
import { requirementsToConnect } from "../lambda/policy/requirements.ts";
import { person, reviewerSources, web } from "../test/support/samples.ts";

// A fresh process that loads policies as a function does, and decides with them. Prints CPU milliseconds as JSON.

/** Evaluations that count: their mean is one sample. Those before compile code. */
const [warmUps, counted] = [5, 20];
const [directory = "", team = ""] = process.argv.slice(2);

function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function meanOf(act: () => unknown): number {
  for (let count = 0; count < warmUps; count++) act();
  const start = process.cpuUsage();
  for (let count = 0; count < counted; count++) act();
  return cpuSince(start) / counted;
}

const before = process.cpuUsage();
const engine = loadPolicyEngine(path.resolve(directory));
const load = cpuSince(before);

const caller = person("alice", "Engineer");
const instance = { ...web, tags: { team } };
const time = { epoch: 1_767_322_800, hour: 12, weekday: 5 };
const context = { osUser: "ec2-user", connectionType: "eice", hostKeyTrust: 1, time };
const access = { scope: "instance", approvals: 1, breakGlass: false, reason: "INC-42", expiresAt: 1 } as const;
const request = {
  scope: "instance",
  osUser: "ec2-user",
  subject: "alice",
  requestedBy: "alice",
  breakGlass: false,
} as const;
const decisions = {
  view: () => mayView(engine, caller, instance),
  connect: () => mayConnect(engine, caller, instance, { ...context, access }).allowed,
  requirements: () => {
    const prospect = { scope: "instance", reason: "", expiresAt: 1 } as const;
    return requirementsToConnect(engine, caller, instance, { contexts: [context], access: prospect })?.approvals === 1;
  },
  reviewers: () => {
    const toCome = { instance, request: { ...request, time }, askers: ["alice"], sources: reviewerSources };
    return possibleReviewers(engine, toCome).reviewers.length === 1;
  },
};
if (!decisions.connect() || !decisions.requirements()) throw new Error("The policies do not decide as they should");
const beforeReviewers = process.cpuUsage();
if (!decisions.reviewers()) throw new Error("The policies name other reviewers");
const reviewersFirst = cpuSince(beforeReviewers);
const { view, connect, requirements, reviewers } = decisions;
console.log(
  JSON.stringify({
    load,
    view: meanOf(view),
    connect: meanOf(connect),
    requirements: meanOf(requirements),
    reviewersFirst,
    reviewers: meanOf(reviewers),
  }),
);
