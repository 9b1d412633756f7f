import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Caller } from "../../contract/caller.ts";
import { type ChatUser, chatUserId } from "../chat/chat-user.ts";
import { type LinkVisit, visitLife } from "../chat/link-visit.ts";
import { type LinkPorts, link, personOf } from "../chat/links.ts";
import type { People } from "../shared/people.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { epochSeconds } from "../shared/time.ts";
import * as pages from "./pages.ts";
import { errorCode, type SignIn, SignInFailure } from "./sign-in.ts";
import type { SlackUser } from "./slack-sign-in.ts";

export interface VisitPorts extends LinkPorts {
  readonly company: SignIn<Caller>;
  readonly slack: SignIn<SlackUser>;
  readonly people: Pick<People, "refresh">;
}

/** What a step shows, or where the browser goes next; and how far the visit is then. */
export type Step = {
  /** For the log. */
  readonly outcome: string;
  readonly level?: "info" | "warn" | "error";
  readonly facts?: { readonly callerId?: string; readonly chatUser?: string; readonly cause?: unknown };
  /** Undefined: as it is. */
  readonly visit?: LinkVisit | "ended";
} & ({ readonly page: pages.Page } | { readonly location: string });

/** The parameters of a provider's redirect, each as it came once. */
export type Redirect = Readonly<Partial<Record<"code" | "state" | "error", string>>>;

type Now = Pick<RequestContext, "clock">;

/** Begins a visit: the browser goes to the company's provider. */
export async function start({ company }: VisitPorts, { clock }: Now): Promise<Step> {
  const secrets = { state: secret(), nonce: secret(), verifier: secret() };
  const expiresAt = epochSeconds(clock()) + visitLife;
  return inWords(async () => ({
    outcome: "started",
    location: await company.startUrl(secrets),
    visit: { at: "company", ...secrets, expiresAt },
  }));
}

/**
 * Comes back from the company's provider. The sign-in counts as a call of the person: it refreshes what is known of them. Then the
 * browser goes to Slack.
 *
 * @throws Problem as the ports do.
 */
export async function comeFromCompany(
  { company, slack, suspensions, people }: VisitPorts,
  visit: LinkVisit | undefined,
  redirect: Redirect,
  { clock, deadline: { signal } }: RequestContext,
): Promise<Step> {
  if (visit?.at !== "company" || !isSame(redirect.state, visit.state)) return otherVisit;
  if (redirect.code === undefined) return cancelled(redirect);
  const { code } = redirect;
  return inWords(async () => {
    const caller = await company.identify(code, visit);
    const facts = { callerId: caller.id };
    const found = await suspensions.readSuspensions([caller.id], signal);
    if (found.get(caller.id)?.isSuspended) return { ...suspended, facts };
    await people.refresh(caller, clock(), signal);
    const secrets = { state: secret(), nonce: secret() };
    const location = await slack.startUrl(secrets);
    const { expiresAt } = visit;
    return { outcome: "signed-in", facts, location, visit: { at: "chat", ...secrets, person: caller.id, expiresAt } };
  });
}

/**
 * Comes back from Slack. If the two are not linked yet, the page asks first: somebody could have signed this browser in to a Slack
 * user of theirs.
 *
 * @throws Problem as the ports do.
 */
export async function comeFromSlack(
  ports: VisitPorts,
  visit: LinkVisit | undefined,
  redirect: Redirect,
  context: RequestContext,
): Promise<Step> {
  if (visit?.at !== "chat" || !isSame(redirect.state, visit.state)) return otherVisit;
  if (redirect.code === undefined) return cancelled(redirect);
  const { code } = redirect;
  return inWords(async () => {
    const { person, expiresAt } = visit;
    const found = await ports.slack.identify(code, visit);
    const { user } = found;
    const facts = factsOf(person, user);
    const known = await personOf(ports, user, context);
    if (known === person)
      return { outcome: "linked-already", facts, page: pages.linked(person, found), visit: "ended" };
    if (known !== undefined) return { ...otherPerson, facts };
    const token = secret();
    const page = pages.question(person, found, token);
    return { outcome: "asked", facts, page, visit: { at: "question", token, person, user, expiresAt } };
  });
}

/** Links them, as the person has confirmed. @throws Problem as the ports do. */
export async function confirm(
  ports: VisitPorts,
  visit: LinkVisit | undefined,
  token: string | undefined,
  context: RequestContext,
): Promise<Step> {
  if (visit?.at !== "question" || !isSame(token, visit.token)) return otherVisit;
  const { person, user } = visit;
  const facts = factsOf(person, user);
  try {
    const isLinked = await link(ports, { person, user }, context);
    if (!isLinked) return { ...otherPerson, facts };
    return { outcome: "linked", facts, page: pages.linked(person, { user }), visit: "ended" };
  } catch (error) {
    if (error instanceof Problem && error.code === "caller-suspended") return { ...suspended, facts };
    throw error;
  }
}

/** 256 bits. */
export const secret = () => randomBytes(32).toString("base64url");

function isSame(given: string | undefined, expected: string): boolean {
  const [one, other] = [Buffer.from(given ?? ""), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

const factsOf = (person: string, user: ChatUser) => ({ callerId: person, chatUser: chatUserId(user) });

/** The visit stays as it is: anybody can send a browser here. */
const otherVisit: Step = { outcome: "other-visit", level: "warn", page: pages.otherVisit };

const suspended: Step = { outcome: "suspended", level: "warn", page: pages.suspended, visit: "ended" };

const otherPerson: Step = { outcome: "other-person", level: "warn", page: pages.otherPerson, visit: "ended" };

/** A redirect without a code. What the provider says about it is shown nowhere. */
const cancelled = ({ error }: Redirect): Step => ({
  outcome: "cancelled",
  level: "warn",
  facts: { cause: new Error(`The provider returned no code: ${errorCode(error)}`) },
  page: pages.cancelled,
  visit: "ended",
});

async function inWords(step: () => Promise<Step>): Promise<Step> {
  try {
    return await step();
  } catch (cause) {
    if (!(cause instanceof SignInFailure)) throw cause;
    const { fault, message } = cause;
    const level = fault === "unavailable" ? "error" : "warn";
    return { outcome: fault, level, facts: { cause }, page: pages.failed(fault, message), visit: "ended" };
  }
}
