import type { ChatUser } from "./chat-user.ts";

/** How far the visit has come in which somebody signs in both as a person and as a user of a chat. */
export type LinkVisit = { readonly expiresAt: number } & (AtCompany | AtChat | AtQuestion | Ended);

/** The browser is at the company's provider. */
interface AtCompany {
  readonly at: "company";
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
}

/** It is at the chat's provider, after the person has signed in. */
interface AtChat {
  readonly at: "chat";
  readonly state: string;
  readonly nonce: string;
  readonly person: string;
}

/** Both have signed in, and the page asks whether to link them. */
interface AtQuestion {
  readonly at: "question";
  /** In the page's form alone: no other page can confirm. */
  readonly token: string;
  readonly person: string;
  readonly user: ChatUser;
}

interface Ended {
  readonly at: "end";
}

/** Seconds for the whole visit. */
export const visitLife = 600;

/** Keeps visits, each by a secret that one browser has. Each rejects with a Problem, and stops when its signal aborts. */
export interface LinkVisitStore {
  /** Undefined if there is none. It may have expired (`expiresAt`, in seconds since 1970). */
  readVisit(secret: string, signal: AbortSignal): Promise<LinkVisit | undefined>;
  /** Puts one, in place of what it was before. */
  writeVisit(secret: string, visit: LinkVisit, signal: AbortSignal): Promise<void>;
}
