import type { Caller } from "../../contract/caller.ts";
import * as may from "../../lambda/policy/authorize.ts";
import type { PolicyEngine } from "../../lambda/policy/engine.ts";
import { requirementsToConnect, requirementsToRequest } from "../../lambda/policy/requirements.ts";
import { routeOptions } from "../../lambda/resolve/route-options.ts";
import type { Instance } from "../../lambda/shared/instance.ts";
import { web } from "./samples.ts";

/** The verdict of an example of docs/policy.md on a question: mostly whether it is permitted. */
type Sentence = readonly [sentence: string, expected: unknown, ask: (engine: PolicyEngine) => unknown];

const person = (id: string, ...groups: string[]): Caller => ({
  id,
  kind: "person",
  groups,
  frontDoor: "iam",
  sources: [],
});
const machine = (role: string): Caller => ({ ...person(`111122223333/${role}`, role), kind: "machine" });
const [sre, guest, onCall] = [person("ann", "SRE"), person("gil", "Guest"), person("oz", "OnCall")];
const abroad: Caller = { ...sre, groups: [] };
const mallory = person("mallory@contractor.example", "Migration");
const [payments, platform, security] = [
  person("pia", "Payments"),
  person("pat", "Platform"),
  person("sam", "Security"),
];

const tagged = (tags: Record<string, string>, more: Partial<Instance> = {}): Instance => ({ ...web, ...more, tags });
const [dev, prod, untagged] = [tagged({ env: "dev" }), tagged({ env: "prod" }), tagged({})];
const ofPayments = tagged({ team: "payments" });

const moment = (epoch: number, weekday = 3, hour = 12) => ({ epoch, weekday, hour });
const noon = moment(1_782_907_200);
const at = (weekday: number, hour: number) => ({ time: moment(noon.epoch, weekday, hour) });
const access = (approvals: number, more: Partial<may.Access> = {}): { access: may.Access } => ({
  access: { approvals, breakGlass: false, reason: "a disk is full", expiresAt: noon.epoch + 3600, ...more },
});
const emergency = access(0, { breakGlass: true });
const forHours = (hours: number) => ({ reason: "a disk is full", expiresAt: noon.epoch + hours * 3600 });

const way = { osUser: "ec2-user", connectionType: "eice", hostKeyTrust: 0, time: noon };
const sees = (who: Caller, what: Instance) => (engine: PolicyEngine) => may.mayView(engine, who, what);
const readsAudit = (who: Caller, what: Instance) => (engine: PolicyEngine) =>
  may.mayReadAudit(engine, who, what).allowed;
const connects =
  (who: Caller, what: Instance, more: Partial<may.ConnectContext> = {}) =>
  (engine: PolicyEngine) =>
    may.mayConnect(engine, who, what, { ...way, ...more }).allowed;

const wanted = { osUser: "ec2-user", breakGlass: false, durationSeconds: 3600, time: noon };
const requests =
  (who: Caller, what: Instance, more: Partial<may.RequestActionContext> = {}) =>
  (engine: PolicyEngine) =>
    may.mayRequest(engine, who, what, { ...wanted, ...more }).allowed;
const boundsOf =
  (who: Caller, what: Instance, more: Partial<may.RequestActionContext> = {}) =>
  (engine: PolicyEngine) =>
    engine.boundsOf(may.mayRequest(engine, who, what, { ...wanted, ...more }).policies);
const delegates =
  (who: Caller, what: Instance, more: Partial<may.DelegateContext> = {}) =>
  (engine: PolicyEngine) =>
    may.mayDelegate(engine, who, what, { ...wanted, subject: "ann@example.com", ...more }).allowed;

const asked = { osUser: "ec2-user", subject: "ann", requestedBy: "ann", breakGlass: false, time: noon };
const reviews =
  (who: Caller, what: Instance, more: Partial<may.ReviewContext> = {}) =>
  (engine: PolicyEngine) =>
    may.mayReview(engine, who, what, { ...asked, ...more }).allowed;
const revokes =
  (who: Caller, what: Instance, more: Partial<may.ReviewContext> = {}) =>
  (engine: PolicyEngine) =>
    may.mayRevoke(engine, who, what, { ...asked, ...more }).allowed;

const needs =
  (who: Caller, what: Instance, more: Partial<may.ConnectContext> = {}, requested = forHours(1)) =>
  (engine: PolicyEngine) =>
    requirementsToConnect(engine, who, what, { contexts: [{ ...way, ...more }], access: requested }) ?? "nothing helps";
const needsToRequest =
  (who: Caller, what: Instance, osUser = "ec2-user", requested = forHours(1), time = noon) =>
  (engine: PolicyEngine) =>
    requirementsToRequest(engine, [who], what, {
      contexts: routeOptions(what, osUser).map((route) => ({ osUser, time, ...route })),
      access: requested,
    }) ?? "nothing helps";
const approvals = (count: number) => ({ approvals: count, reason: false });

const [root, ubuntu] = [{ osUser: "root" }, { osUser: "ubuntu" }];
const [freezeBegins, freezeEnds] = ["2026-12-23T17:00:00Z", "2027-01-04T08:00:00Z"].map(
  (time) => Date.parse(time) / 1000,
);
const dayEnds = Date.parse("2027-04-01T00:00:00Z") / 1000;
const opened = { "latchkey:access": "open" };
const inVpc = { vpcId: "vpc-0123456789abcdef0" };
const direct = { connectionType: "direct" };
const serial = { osUser: `${web.instanceId}.port0`, connectionType: "serial", hostKeyTrust: 3 };

/** What each example denies and permits, sentence by sentence, by its heading. */
export const sentences: Readonly<Record<string, readonly Sentence[]>> = {
  "SREs in dev": [
    ["a guest does not see dev", false, sees(guest, dev)],
    ["an SRE does not see prod", false, sees(sre, prod)],
    ["an SRE does not see what has no env", false, sees(sre, untagged)],
    ["an SRE of another account does not see dev", false, sees(abroad, dev)],
    ["a machine of the role does not see dev", false, sees(machine("SRE"), dev)],
    ["an SRE does not enter dev as root", false, connects(sre, dev, root)],
    ["a guest does not enter dev", false, connects(guest, dev)],
    ["an SRE does not enter prod", false, connects(sre, prod, access(2))],
    ["an SRE sees dev", true, sees(sre, dev)],
    ["an SRE enters dev as ec2-user", true, connects(sre, dev)],
  ],
  "Only with this tag": [
    ["what has no such tag is not seen", false, sees(sre, dev)],
    ["what has it with another value is not seen", false, sees(sre, tagged({ "latchkey:access": "closed" }))],
    ["what is open in another account is not seen", false, sees(sre, tagged(opened, { accountId: "444455556666" }))],
    ["an instance without the tag denies connections, even with approvals", false, connects(sre, prod, access(9))],
    ["what has no such tag is not asked for", false, requests(sre, dev)],
    ["what is open is seen", true, sees(sre, tagged(opened))],
    ["what is open is entered", true, connects(sre, tagged(opened))],
  ],
  "Only through an endpoint": [
    ["prod is not entered directly", false, connects(sre, prod, direct)],
    ["an emergency is no exception", false, connects(sre, prod, { ...direct, ...emergency })],
    ["the VPC denies direct connections for any env", false, connects(sre, tagged({ env: "dev" }, inVpc), direct)],
    ["approvals do not allow a direct connection", "nothing helps", needs(sre, prod, direct)],
    ["prod is entered through an endpoint", true, connects(sre, prod)],
    ["the VPC is entered through an endpoint", true, connects(sre, tagged({}, inVpc))],
    ["dev is entered directly", true, connects(sre, dev, direct)],
    ["what has no tag and another VPC is entered directly", true, connects(sre, untagged, direct)],
    ["access to prod can be asked for", approvals(0), needsToRequest(sre, prod)],
  ],
  "Only with a host key of medium trust": [
    ["prod is not entered where no host key is known", false, connects(sre, prod)],
    ["nor where it was only pinned", false, connects(sre, prod, { hostKeyTrust: 1 })],
    ["an emergency is no exception", false, connects(sre, prod, { hostKeyTrust: 1, ...emergency })],
    ["no approval makes up for it", "nothing helps", needs(sre, prod, { hostKeyTrust: 1 })],
    ["a console has shown it", true, connects(sre, prod, { hostKeyTrust: 2 })],
    ["an operator has registered it", true, connects(sre, prod, { hostKeyTrust: 3 })],
    ["dev is entered all the same", true, connects(sre, dev)],
    ["access can be asked for meanwhile", approvals(0), needsToRequest(sre, prod)],
  ],
  "The serial console": [
    ["not for on-call without access", false, connects(onCall, prod, serial)],
    ["not for on-call with one approval", false, connects(onCall, prod, { ...serial, ...access(1) })],
    ["not for on-call in an emergency", false, connects(onCall, prod, { ...serial, ...emergency })],
    ["not for on-call in dev", false, connects(onCall, dev, { ...serial, ...access(9) })],
    ["not for an SRE, even with approvals", false, connects(sre, prod, { ...serial, ...access(9) })],
    ["not for a machine of on-call", false, connects(machine("OnCall"), prod, { ...serial, ...access(9) })],
    ["the approvals allow no other type of connection", false, connects(onCall, prod, access(9))],
    ["on-call with two approvals", true, connects(onCall, prod, { ...serial, ...access(2) })],
    ["what on-call misses", approvals(2), needs(onCall, prod, serial)],
    ["what an access request for it asks for", approvals(2), needsToRequest(onCall, prod, serial.osUser)],
    ["what one for another user would ask for", "nothing helps", needsToRequest(onCall, prod)],
    ["what an SRE misses", "nothing helps", needsToRequest(sre, prod, serial.osUser)],
  ],
  "A workflow that deploys": [
    [
      "a person of the role does not enter the shop",
      false,
      connects(person("dee", "Deploy"), tagged({ app: "shop" }), { osUser: "deploy" }),
    ],
    ["the workflow does not enter the shop as root", false, connects(machine("Deploy"), tagged({ app: "shop" }), root)],
    ["the workflow does not see another application", false, sees(machine("Deploy"), tagged({ app: "mail" }))],
    ["another machine does not see the shop", false, sees(machine("Build"), tagged({ app: "shop" }))],
    ["the workflow sees the shop", true, sees(machine("Deploy"), tagged({ app: "shop" }))],
    [
      "the workflow enters the shop as deploy",
      true,
      connects(machine("Deploy"), tagged({ app: "shop" }), { osUser: "deploy" }),
    ],
  ],
  "One person, until a day": [
    ["not from the day on", false, connects(mallory, tagged({ project: "migration" }), { time: moment(dayEnds) })],
    ["not as root", false, connects(mallory, tagged({ project: "migration" }), root)],
    ["not to another project", false, connects(mallory, tagged({ project: "other" }))],
    ["not somebody else", false, connects(sre, tagged({ project: "migration" }))],
    [
      "the contractor, until the last second",
      true,
      connects(mallory, tagged({ project: "migration" }), { time: moment(dayEnds - 1) }),
    ],
  ],
  "Somebody who has to be kept out": [
    ["the person sees nothing", false, sees(person(mallory.id, "SRE"), dev)],
    ["nor enters by an access that is active", false, connects(mallory, prod, access(2))],
    ["nor reviews", false, reviews(mallory, prod)],
    ["nobody of the group does", false, sees(person("max", "Migration"), dev)],
    ["others do as before", true, connects(sre, dev)],
  ],
  "Only in working hours": [
    ["not at 8:59", false, connects(sre, prod, at(1, 8))],
    ["not at 17:00", false, connects(sre, prod, at(5, 17))],
    ["not on Saturday", false, connects(sre, prod, at(6, 12))],
    ["not on Sunday", false, connects(sre, prod, at(7, 12))],
    ["not at night with approvals", false, connects(sre, prod, { ...at(3, 3), ...access(2) })],
    [
      "nor can access be asked for at night",
      "nothing helps",
      needsToRequest(sre, prod, "ec2-user", forHours(12), moment(noon.epoch, 3, 3)),
    ],
    ["on Monday at 9:00", true, connects(sre, prod, at(1, 9))],
    ["on Friday at 16:59", true, connects(sre, prod, at(5, 16))],
    ["at night in an emergency", true, connects(sre, prod, { ...at(7, 3), ...emergency })],
    ["dev at night", true, connects(sre, dev, at(7, 3))],
  ],
  "A freeze": [
    ["not from its first second on", false, connects(sre, prod, { time: moment(freezeBegins ?? 0) })],
    ["not in its last second", false, connects(sre, prod, { time: moment((freezeEnds ?? 0) - 1) })],
    ["not with approvals", false, connects(sre, prod, { time: moment(freezeBegins ?? 0), ...access(9) })],
    ["the second before", true, connects(sre, prod, { time: moment((freezeBegins ?? 0) - 1) })],
    ["the second after", true, connects(sre, prod, { time: moment(freezeEnds ?? 0) })],
    ["dev, meanwhile", true, connects(sre, dev, { time: moment(freezeBegins ?? 0) })],
    ["prod in an emergency, meanwhile", true, connects(sre, prod, { time: moment(freezeBegins ?? 0), ...emergency })],
  ],
  "Two approvals for root in prod": [
    ["ec2-user without access", false, connects(sre, prod)],
    ["ec2-user without an approval", false, connects(sre, prod, access(0))],
    ["root with one", false, connects(sre, prod, { ...root, ...access(1) })],
    ["root in an emergency", false, connects(sre, prod, { ...root, ...emergency })],
    ["another user with many", false, connects(sre, prod, { ...ubuntu, ...access(9) })],
    ["somebody else with many", false, connects(guest, prod, access(9))],
    ["another environment with many", false, connects(sre, dev, access(9))],
    ["ec2-user with one", true, connects(sre, prod, access(1))],
    ["root with two", true, connects(sre, prod, { ...root, ...access(2) })],
    ["root with three", true, connects(sre, prod, { ...root, ...access(3) })],
    ["what is missing for ec2-user", approvals(1), needs(sre, prod)],
    ["what is missing for root", approvals(2), needs(sre, prod, root)],
    ["what is missing for another user", "nothing helps", needs(sre, prod, ubuntu)],
    ["what a guest misses", "nothing helps", needs(guest, prod)],
  ],
  "A reason": [
    ["without an access request", false, connects(sre, dev)],
    ["without a reason", false, connects(sre, dev, access(1, { reason: "" }))],
    ["somebody else with a reason", false, connects(guest, dev, access(0))],
    ["with a reason", true, connects(sre, dev, access(0))],
    ["what is missing", { approvals: 0, reason: true }, needs(sre, dev, {}, { ...forHours(1), reason: "" })],
  ],
  "Long access needs more": [
    ["five hours on one approval", false, connects(sre, prod, access(1, forHours(5)))],
    ["a second more than four hours on one", false, connects(sre, prod, access(1, { expiresAt: noon.epoch + 14_401 }))],
    ["an hour on none", false, connects(sre, prod, access(0))],
    ["four hours on one", true, connects(sre, prod, access(1, forHours(4)))],
    ["five hours on two", true, connects(sre, prod, access(2, forHours(5)))],
    ["what a request for four hours asks for", approvals(1), needsToRequest(sre, prod, "ec2-user", forHours(4))],
    ["what a request for five hours asks for", approvals(2), needsToRequest(sre, prod, "ec2-user", forHours(5))],
  ],
  "Who may ask, and for how long": [
    ["a guest does not ask", false, requests(guest, prod)],
    ["a machine of the role does not ask", false, requests(machine("SRE"), prod)],
    ["an SRE does not ask for dev", false, requests(sre, dev)],
    ["an SRE does not break glass", false, requests(sre, prod, { breakGlass: true })],
    ["nor as root", false, requests(sre, prod, { ...root, breakGlass: true })],
    ["an SRE asks for prod", true, requests(sre, prod)],
    [
      "eight hours, within half an hour",
      { maxDurationSeconds: 28_800, pendingTimeoutSeconds: 1800 },
      boundsOf(sre, prod),
    ],
    [
      "an hour as root, within half an hour",
      { maxDurationSeconds: 3600, pendingTimeoutSeconds: 1800 },
      boundsOf(sre, prod, root),
    ],
  ],
  "Reviewers from another team": [
    ["payments does not ask for what is of another team", false, requests(payments, tagged({ team: "search" }))],
    ["payments does not break glass", false, requests(payments, ofPayments, { breakGlass: true })],
    ["platform does not ask", false, requests(platform, ofPayments)],
    ["payments does not review", false, reviews(payments, ofPayments)],
    ["who is in both does not review", false, reviews(person("bea", "Platform", "Payments"), ofPayments)],
    ["a machine of platform does not review", false, reviews(machine("Platform"), ofPayments)],
    ["platform does not review what is of another team", false, reviews(platform, tagged({ team: "search" }))],
    ["payments does not revoke", false, revokes(payments, ofPayments)],
    ["payments asks", true, requests(payments, ofPayments)],
    ["platform reviews", true, reviews(platform, ofPayments)],
    ["platform revokes", true, revokes(platform, ofPayments)],
  ],
  "Root is reviewed by few": [
    ["an SRE does not review root", false, reviews(sre, prod, root)],
    ["an SRE reviews ec2-user", true, reviews(sre, prod)],
    ["security reviews root", true, reviews(security, prod, root)],
    ["an SRE revokes root", true, revokes(sre, prod, root)],
  ],
  "Break-glass": [
    ["an SRE does not ask for it", false, requests(sre, prod, { breakGlass: true })],
    ["on-call does not ask for it as root", false, requests(onCall, prod, { ...root, breakGlass: true })],
    ["on-call does not ask for it on dev", false, requests(onCall, dev, { breakGlass: true })],
    ["on-call does not ask without it, by this policy", false, requests(onCall, prod)],
    ["a machine of on-call does not ask for it", false, requests(machine("OnCall"), prod, { breakGlass: true })],
    ["on-call does not connect without it", false, connects(onCall, prod, access(9))],
    ["on-call does not connect as root", false, connects(onCall, prod, { ...root, ...emergency })],
    ["an SRE does not connect with it", false, connects(sre, prod, emergency)],
    ["on-call asks for it", true, requests(onCall, prod, { breakGlass: true })],
    ["on-call connects with it", true, connects(onCall, prod, emergency)],
    [
      "an hour, at most",
      { maxDurationSeconds: 3600, pendingTimeoutSeconds: 3600 },
      boundsOf(onCall, prod, { breakGlass: true }),
    ],
    ["what is not an emergency is told of no approvals", "nothing helps", needs(onCall, prod)],
  ],
  "Bots that ask for others": [
    [
      "not for somebody of another company",
      false,
      delegates(machine("ChatBot"), prod, { subject: "mallory@contractor.example" }),
    ],
    [
      "not for somebody who only looks like it",
      false,
      delegates(machine("ChatBot"), prod, { subject: "ann@example.com.evil.example" }),
    ],
    ["not for root", false, delegates(machine("ChatBot"), prod, root)],
    ["not for dev", false, delegates(machine("ChatBot"), dev)],
    ["not another machine", false, delegates(machine("Build"), prod)],
    ["not a person of its role", false, delegates(person("eve", "ChatBot"), prod)],
    ["the bot does not connect", false, connects(machine("ChatBot"), prod, access(9))],
    ["the bot does not ask for itself", false, requests(machine("ChatBot"), prod)],
    ["the bot asks for the company's people", true, delegates(machine("ChatBot"), prod)],
  ],
  "An alarm that ends access": [
    ["an emergency goes on", false, revokes(machine("Guard"), prod, { breakGlass: true })],
    ["another machine does not revoke", false, revokes(machine("Build"), prod)],
    ["the guard does not review", false, reviews(machine("Guard"), prod)],
    ["the guard does not connect", false, connects(machine("Guard"), prod, access(9))],
    ["the guard sees", true, sees(machine("Guard"), prod)],
    ["the guard revokes", true, revokes(machine("Guard"), prod)],
  ],
  "Auditors read, and do nothing else": [
    ["an SRE does not read, by this policy", false, readsAudit(sre, prod)],
    ["an auditor does not connect", false, connects(person("al", "Auditor"), prod, access(9))],
    ["an auditor does not ask", false, requests(person("al", "Auditor"), prod)],
    ["an auditor does not review", false, reviews(person("al", "Auditor"), prod)],
    ["an auditor sees everything", true, sees(person("al", "Auditor"), untagged)],
    ["an auditor reads everything", true, readsAudit(person("al", "Auditor"), untagged)],
  ],
};
