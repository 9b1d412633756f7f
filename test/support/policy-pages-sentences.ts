import type { Caller } from "../../contract/caller.ts";
import { missingInReason } from "../../contract/reason-pattern.ts";
import * as may from "../../lambda/policy/authorize.ts";
import type { PolicyEngine } from "../../lambda/policy/engine.ts";
import { requirementsToConnect, requirementsToRequest } from "../../lambda/policy/requirements.ts";
import { routeOptions } from "../../lambda/resolve/route-options.ts";
import type { Instance } from "../../lambda/shared/instance.ts";
import { machine, person, web } from "./samples.ts";

/** What an example of the policy pages says to a question: mostly whether it is permitted. */
type Sentence = readonly [sentence: string, expected: unknown, ask: (engine: PolicyEngine) => unknown];

const [sre, guest, onCall] = [person("ann", "SRE"), person("gil", "Guest"), person("oz", "OnCall")];
const abroad: Caller = { ...sre, groups: [] };
const ann = person("ann@example.com", "SRE");
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
  access: {
    scope: "instance",
    approvals,
    breakGlass: false,
    reason: "a disk is full",
    expiresAt: noon.epoch + 3600,
    ...more,
  },
});
const emergency = access(0, { breakGlass: true });
const forHours = (hours: number) => ({
  scope: "instance" as const,
  reason: "a disk is full",
  expiresAt: noon.epoch + hours * 3600,
});

const way = { osUser: "ec2-user", connectionType: "eice", hostKeyTrust: 0, time: noon };
const sees = (who: Caller, what: Instance) => (engine: PolicyEngine) => may.mayView(engine, who, what);
const readsAudit = (who: Caller, what: Instance) => (engine: PolicyEngine) =>
  may.mayReadAudit(engine, who, what).allowed;
const connects =
  (who: Caller, what: Instance, more: Partial<may.ConnectContext> = {}) =>
  (engine: PolicyEngine) =>
    may.mayConnect(engine, who, what, { ...way, ...more }).allowed;

const wanted = { scope: "instance" as const, osUser: "ec2-user", breakGlass: false, durationSeconds: 3600, time: noon };
const requests =
  (who: Caller, what: Instance, more: Partial<may.RequestActionContext> = {}) =>
  (engine: PolicyEngine) =>
    may.mayRequest(engine, who, what, { ...wanted, ...more }).allowed;
const boundsOf =
  (who: Caller, what: Instance, more: Partial<may.RequestActionContext> = {}) =>
  (engine: PolicyEngine) =>
    engine.boundsOf(may.mayRequest(engine, who, what, { ...wanted, ...more }).policies);
const lacks = (reason: string) => (engine: PolicyEngine) => missingInReason(reason, boundsOf(sre, ofPayments)(engine));
const delegates =
  (who: Caller, what: Instance, more: Partial<may.DelegateContext> = {}) =>
  (engine: PolicyEngine) =>
    may.mayDelegate(engine, who, what, { ...wanted, subject: "ann@example.com", ...more }).allowed;

const asked = {
  scope: "instance" as const,
  osUser: "ec2-user",
  subject: "ann",
  requestedBy: "ann",
  breakGlass: false,
  time: noon,
};
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

const root = { osUser: "root" };
const deploy = { osUser: "deploy" };
const deadline = Date.parse("2027-04-01T00:00:00Z") / 1000;
const opened = { "latchkey:access": "open" };
const inVpc = { vpcId: "vpc-0123456789abcdef0" };
const [shop, migration] = [tagged({ app: "shop" }), tagged({ project: "migration" })];
const auditor = person("al", "Auditor");
const service = tagged({ env: "prod", service: "shop" });
const [workflow, bot, guard, rosterMachine, otherMachine] = [
  machine("Deploy"),
  machine("ChatBot"),
  machine("Guard"),
  machine("Roster"),
  machine("Build"),
];
const direct = { connectionType: "direct" };
const serial = { osUser: `${web.instanceId}.port0`, connectionType: "serial", hostKeyTrust: 3 };

/** What each example denies and permits, sentence by sentence, by its heading. */
export const sentences: Readonly<Record<string, readonly Sentence[]>> = {
  "SREs in dev": [
    ["a guest does not see dev", false, sees(guest, dev)],
    ["an SRE does not see prod", false, sees(sre, prod)],
    ["an SRE does not see an instance without env", false, sees(sre, untagged)],
    ["an SRE of another account does not see dev", false, sees(abroad, dev)],
    ["a machine of the role does not see dev", false, sees(machine("SRE"), dev)],
    ["an SRE does not connect to dev as root", false, connects(sre, dev, root)],
    ["an SRE does not connect to prod, even with approvals", false, connects(sre, prod, access(2))],
    ["an SRE sees dev", true, sees(sre, dev)],
    ["an SRE connects to dev as ec2-user", true, connects(sre, dev)],
  ],
  "Only with this tag": [
    ["without the tag an instance is hidden", false, sees(sre, dev)],
    ["with another value it is hidden", false, sees(sre, tagged({ "latchkey:access": "closed" }))],
    ["in another account it is hidden", false, sees(sre, tagged(opened, { accountId: "444455556666" }))],
    ["without the tag approvals do not help", false, connects(sre, prod, access(9))],
    ["with the tag it is visible", true, sees(sre, tagged(opened))],
    ["with the tag connections are permitted", true, connects(sre, tagged(opened))],
  ],
  "Only through an endpoint": [
    ["prod permits no direct connection", false, connects(sre, prod, direct)],
    ["not in an emergency either", false, connects(sre, prod, { ...direct, ...emergency })],
    ["the VPC permits none for any env", false, connects(sre, tagged({ env: "dev" }, inVpc), direct)],
    ["approvals do not permit one", "nothing helps", needs(sre, prod, direct)],
    ["prod is reached through an endpoint", true, connects(sre, prod)],
    ["the VPC is reached through an endpoint", true, connects(sre, tagged({}, inVpc))],
    ["dev in another VPC is reached directly", true, connects(sre, dev, direct)],
    ["access to prod can be asked for", approvals(0), needsToRequest(sre, prod)],
  ],
  "Only your own OS user": [
    ["another's OS user is denied", false, connects(ann, dev, { osUser: "bob" })],
    ["the whole id is denied", false, connects(ann, dev, { osUser: ann.id })],
    ["a person of another domain is denied", false, connects(person("ann@example.org", "SRE"), dev, { osUser: "ann" })],
    ["a person without a domain is denied", false, connects(sre, dev, { osUser: sre.id })],
    ["a person whose name is root's is denied", false, connects(person("root@example.com", "SRE"), dev, root)],
    ["prod is denied", false, connects(ann, prod, { osUser: "ann" })],
    ["one's own is permitted", true, connects(ann, dev, { osUser: "ann" })],
  ],
  "Only from your networks": [
    ["denied from outside", false, connects(sre, prod, { sourceIp: "198.51.100.7" })],
    ["denied from nowhere", false, connects(sre, prod)],
    ["denied from what is no address", false, connects(sre, prod, { sourceIp: "203.0.113.7.example" })],
    ["no review from outside", false, reviews(sre, prod, { sourceIp: "198.51.100.7" })],
    ["permitted from the VPN", true, connects(sre, prod, { sourceIp: "203.0.113.7" })],
    ["permitted from the VPN by IPv6", true, connects(sre, prod, { sourceIp: "2001:db8::7" })],
    ["a review from the VPN", true, reviews(sre, prod, { sourceIp: "203.0.113.7" })],
    ["dev is entered from everywhere", true, connects(sre, dev, { sourceIp: "198.51.100.7" })],
  ],
  "Not to Windows": [
    ["denied to Windows", false, connects(sre, tagged({}, { platform: "windows" }))],
    ["permitted to all others", true, connects(sre, dev)],
  ],
  "Only with a trusted host key": [
    ["prod without a known host key is denied", false, connects(sre, prod)],
    [
      "prod with low trust is denied, even in an emergency",
      false,
      connects(sre, prod, { hostKeyTrust: 1, ...emergency }),
    ],
    ["approvals do not help", "nothing helps", needs(sre, prod, { hostKeyTrust: 1 })],
    ["a captured host key is enough", true, connects(sre, prod, { hostKeyTrust: 2 })],
    ["a registered host key is enough", true, connects(sre, prod, { hostKeyTrust: 3 })],
    ["dev needs none", true, connects(sre, dev)],
    ["access to prod can be asked for", approvals(0), needsToRequest(sre, prod)],
  ],
  "The serial console": [
    ["denied to on-call without access", false, connects(onCall, prod, serial)],
    ["denied to on-call with one approval", false, connects(onCall, prod, { ...serial, ...access(1) })],
    ["denied to on-call in an emergency", false, connects(onCall, prod, { ...serial, ...emergency })],
    ["denied to an SRE with approvals", false, connects(sre, prod, { ...serial, ...access(9) })],
    ["denied to a machine of on-call", false, connects(machine("OnCall"), prod, { ...serial, ...access(9) })],
    ["permitted to on-call with two approvals", true, connects(onCall, prod, { ...serial, ...access(2) })],
    ["other connections are unaffected", true, connects(sre, prod)],
    ["its access request needs two approvals", approvals(2), needsToRequest(onCall, prod, serial.osUser)],
    ["an SRE cannot ask for it", "nothing helps", needsToRequest(sre, prod, serial.osUser)],
  ],
  "A deployment workflow": [
    ["a person of the role does not connect", false, connects(person("dee", "Deploy"), shop, deploy)],
    ["the workflow does not connect as root", false, connects(workflow, shop, root)],
    [
      "the workflow does not connect to another application",
      false,
      connects(workflow, tagged({ app: "mail" }), deploy),
    ],
    ["another machine does not connect", false, connects(otherMachine, shop, deploy)],
    ["the workflow connects as deploy", true, connects(workflow, shop, deploy)],
  ],
  "One person, until a date": [
    ["denied from the date on", false, connects(mallory, migration, { time: moment(deadline) })],
    ["denied for another project", false, connects(mallory, tagged({ project: "other" }))],
    ["denied to everybody else", false, connects(sre, migration)],
    ["permitted until the last second", true, connects(mallory, migration, { time: moment(deadline - 1) })],
  ],
  "Keep somebody out": [
    ["the person sees nothing, under any role", false, sees(person(mallory.id, "SRE"), dev)],
    ["active access does not help", false, connects(mallory, prod, access(2))],
    ["the person does not review", false, reviews(mallory, prod)],
    ["nobody of the group sees anything", false, sees(person("max", "Migration"), dev)],
    ["others are unaffected", true, connects(sre, dev)],
  ],
  "Only in working hours": [
    ["denied at 8:59", false, connects(sre, prod, at(1, 8))],
    ["denied at 17:00", false, connects(sre, prod, at(5, 17))],
    ["denied on Saturday", false, connects(sre, prod, at(6, 12))],
    ["denied at night, even with approvals", false, connects(sre, prod, { ...at(3, 3), ...access(2) })],
    [
      "access cannot be asked for at night",
      "nothing helps",
      needsToRequest(sre, prod, "ec2-user", forHours(12), moment(noon.epoch, 3, 3)),
    ],
    ["permitted on Monday at 9:00", true, connects(sre, prod, at(1, 9))],
    ["permitted on Friday at 16:59", true, connects(sre, prod, at(5, 16))],
    ["permitted at night in an emergency", true, connects(sre, prod, { ...at(7, 3), ...emergency })],
    ["dev is permitted at night", true, connects(sre, dev, at(7, 3))],
  ],
  Auditors: [
    ["an SRE does not read events", false, readsAudit(sre, prod)],
    ["an auditor does not connect", false, connects(auditor, prod, access(9))],
    ["an auditor does not ask for access", false, requests(auditor, prod)],
    ["an auditor does not review", false, reviews(auditor, prod)],
    ["an auditor sees everything", true, sees(auditor, untagged)],
    ["an auditor reads all events", true, readsAudit(auditor, untagged)],
  ],
  "Two approvals for root": [
    ["ec2-user without access is denied", false, connects(sre, prod)],
    ["ec2-user without an approval is denied", false, connects(sre, prod, access(0))],
    ["root with one approval is denied", false, connects(sre, prod, { ...root, ...access(1) })],
    ["root in an emergency is denied", false, connects(sre, prod, { ...root, ...emergency })],
    ["another environment is denied", false, connects(sre, dev, access(9))],
    ["ec2-user with one approval is permitted", true, connects(sre, prod, access(1))],
    ["root with two approvals is permitted", true, connects(sre, prod, { ...root, ...access(2) })],
    ["root with three approvals is permitted", true, connects(sre, prod, { ...root, ...access(3) })],
    ["ec2-user needs one", approvals(1), needs(sre, prod)],
    ["root needs two", approvals(2), needs(sre, prod, root)],
    ["no number helps another OS user", "nothing helps", needs(sre, prod, { osUser: "ubuntu" })],
    ["no number helps a guest", "nothing helps", needs(guest, prod)],
  ],
  "Approvals of integrations": [
    ["nobody's approval is not enough", false, connects(sre, prod, access(0))],
    ["another integration's is not enough", false, connects(sre, prod, access(0, { integrations: ["ticket"] }))],
    ["a guest is denied", false, connects(guest, prod, access(9, { integrations: ["roster"] }))],
    ["root is denied", false, connects(sre, prod, { ...root, ...access(9, { integrations: ["roster"] }) })],
    ["a person's is enough", true, connects(sre, prod, access(1))],
    ["the roster's is enough", true, connects(sre, prod, access(0, { integrations: ["roster"] }))],
  ],
  "What an integration may review": [
    [
      "it reviews no other service's environment",
      false,
      reviews(rosterMachine, tagged({ env: "dev", service: "shop" })),
    ],
    ["it reviews no instance without a service", false, reviews(rosterMachine, prod)],
    ["it sees no instance without a service", false, sees(rosterMachine, prod)],
    ["it does not review root", false, reviews(rosterMachine, service, root)],
    ["it does not review access by tags", false, reviews(rosterMachine, service, { scope: "tags" })],
    ["another machine does not review", false, reviews(otherMachine, service)],
    ["another machine does not see the service", false, sees(otherMachine, service)],
    ["it sees a service of production", true, sees(rosterMachine, service)],
    ["it reviews there", true, reviews(rosterMachine, service)],
  ],
  "A reason without an approval": [
    ["denied without an access request", false, connects(sre, dev)],
    ["denied without a reason", false, connects(sre, dev, access(1, { reason: "" }))],
    ["denied to a guest with a reason", false, connects(guest, dev, access(0))],
    ["permitted with a reason", true, connects(sre, dev, access(0))],
    [
      "a reason is what is missing",
      { approvals: 0, reason: true },
      needs(sre, dev, {}, { ...forHours(1), reason: "" }),
    ],
  ],
  "Long access needs more": [
    [
      "a second more than four hours on one approval",
      false,
      connects(sre, prod, access(1, { expiresAt: noon.epoch + 14_401 })),
    ],
    ["an hour without an approval", false, connects(sre, prod, access(0))],
    ["four hours on one approval", true, connects(sre, prod, access(1, forHours(4)))],
    ["five hours on two approvals", true, connects(sre, prod, access(2, forHours(5)))],
    ["a request for four hours needs one", approvals(1), needsToRequest(sre, prod, "ec2-user", forHours(4))],
    ["a request for five hours needs two", approvals(2), needsToRequest(sre, prod, "ec2-user", forHours(5))],
  ],
  "Who may ask, and for how long": [
    ["a guest may not ask", false, requests(guest, prod)],
    ["a machine of the role may not ask", false, requests(machine("SRE"), prod)],
    ["an SRE may not ask for dev", false, requests(sre, dev)],
    ["an SRE may not break glass as ec2-user", false, requests(sre, prod, { breakGlass: true })],
    ["an SRE may not break glass as root", false, requests(sre, prod, { ...root, breakGlass: true })],
    ["an SRE may ask for prod", true, requests(sre, prod)],
    [
      "for eight hours",
      { maxDurationSeconds: 28_800, maxTotalSeconds: 57_600, pendingTimeoutSeconds: 1800 },
      boundsOf(sre, prod),
    ],
    [
      "for an hour as root",
      { maxDurationSeconds: 3600, maxTotalSeconds: 7200, pendingTimeoutSeconds: 1800 },
      boundsOf(sre, prod, root),
    ],
  ],
  "What the reason must say": [
    ["a guest may not ask", false, requests(guest, ofPayments)],
    ["an SRE may not ask for another team's", false, requests(sre, prod)],
    ["an SRE may not break glass", false, requests(sre, ofPayments, { breakGlass: true })],
    ["a short reason lacks characters", "at least 20 characters", lacks("INC-1234: disk")],
    ["a long one lacks the number", "text that matches INC-[0-9]{4,8}|CHG-[0-9]+", lacks("INC-123: a disk is full")],
    ["an incident is enough", undefined, lacks("INC-1234: a disk is full")],
    ["a change is enough", undefined, lacks("A new disk, see CHG-77")],
  ],
  "Tags that a request must name": [
    ["nobody asks for all of prod", false, requests(sre, prod, { scope: "tags" })],
    ["nor does a bot for somebody", false, delegates(bot, prod, { scope: "tags" })],
    [
      "an SRE asks for the prod of one team",
      true,
      requests(sre, tagged({ env: "prod", team: "web" }), { scope: "tags" }),
    ],
    ["an SRE asks for one instance of prod", true, requests(sre, prod)],
    ["an SRE asks for all of dev", true, requests(sre, dev, { scope: "tags" })],
  ],
  "Reviewers from another team": [
    ["payments does not review", false, reviews(payments, ofPayments)],
    ["a person in both groups does not review", false, reviews(person("bea", "Platform", "Payments"), ofPayments)],
    ["a machine of platform does not review", false, reviews(machine("Platform"), ofPayments)],
    ["platform does not review another team's", false, reviews(platform, tagged({ team: "search" }))],
    ["payments does not revoke", false, revokes(payments, ofPayments)],
    ["platform reviews", true, reviews(platform, ofPayments)],
    ["platform revokes", true, revokes(platform, ofPayments)],
  ],
  "Only security reviews root": [
    ["an SRE does not review root", false, reviews(sre, prod, root)],
    ["an SRE reviews ec2-user", true, reviews(sre, prod)],
    ["security reviews root", true, reviews(security, prod, root)],
    ["an SRE revokes root", true, revokes(sre, prod, root)],
  ],
  "Break-glass": [
    ["an SRE may not ask for it", false, requests(sre, prod, { breakGlass: true })],
    ["on-call may not ask for it as root", false, requests(onCall, prod, { ...root, breakGlass: true })],
    ["on-call may not ask for it on dev", false, requests(onCall, dev, { breakGlass: true })],
    ["a machine of on-call may not ask for it", false, requests(machine("OnCall"), prod, { breakGlass: true })],
    ["on-call may not ask for ordinary access", false, requests(onCall, prod)],
    ["on-call does not connect without it", false, connects(onCall, prod, access(9))],
    ["on-call does not connect with it as root", false, connects(onCall, prod, { ...root, ...emergency })],
    ["an SRE does not connect with it", false, connects(sre, prod, emergency)],
    ["on-call may ask for it", true, requests(onCall, prod, { breakGlass: true })],
    ["for an hour", 3600, (engine) => boundsOf(onCall, prod, { breakGlass: true })(engine).maxDurationSeconds],
    ["on-call connects with it", true, connects(onCall, prod, emergency)],
    ["approvals do not replace it", "nothing helps", needs(onCall, prod)],
  ],
  "Bots that ask for others": [
    ["not for another company", false, delegates(bot, prod, { subject: mallory.id })],
    ["not for a name that only starts alike", false, delegates(bot, prod, { subject: "ann@example.com.evil.example" })],
    ["not for root", false, delegates(bot, prod, root)],
    ["not for dev", false, delegates(bot, dev)],
    ["not another machine", false, delegates(otherMachine, prod)],
    ["not a person of its role", false, delegates(person("eve", "ChatBot"), prod)],
    ["the bot does not connect", false, connects(bot, prod, access(9))],
    ["the bot does not ask for itself", false, requests(bot, prod)],
    ["the bot asks for the company's people", true, delegates(bot, prod)],
  ],
  "An alarm that ends access": [
    ["not in an emergency", false, revokes(guard, prod, { breakGlass: true })],
    ["not another machine", false, revokes(otherMachine, prod)],
    ["the guard does not review", false, reviews(guard, prod)],
    ["the guard revokes", true, revokes(guard, prod)],
  ],
};
