import { randomBytes } from "node:crypto";
import { type IamRequest, isAllowedBySession, type PolicyDocument } from "./iam.ts";
import type { Secret } from "./sigv4.ts";

/** Who holds credentials, and what they may do. */
export interface Principal {
  /** A function's name, `push` or `read`. */
  readonly role: string;
  readonly roleArn: string;
  /** Of the role's session. */
  readonly arn: string;
  readonly policies: readonly PolicyDocument[];
  /** Narrows what the role may do. */
  readonly session?: PolicyDocument;
  /** Absent for the credentials of a function, which Lambda renews. */
  readonly expiresAt?: Date;
}

/** The ARNs of a session of a role. */
export function sessionOf(roleArn: string, sessionName: string): Pick<Principal, "roleArn" | "arn"> {
  const role = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  return { roleArn, arn: `arn:aws:sts::${accountOf({ roleArn })}:assumed-role/${role}/${sessionName}` };
}

/** The account of a role. */
export const accountOf = ({ roleArn }: Pick<Principal, "roleArn">): string => roleArn.split(":")[4] ?? "";

/** Whether a session has expired. */
export function isExpired({ expiresAt }: Principal, now: Date): boolean {
  return expiresAt !== undefined && now >= expiresAt;
}

/** Whether role and session both allow an action now. */
export function isAllowedByPrincipal({ policies, session }: Principal, request: IamRequest, now: Date): boolean {
  const context = { ...request.context, "aws:CurrentTime": now.toISOString() };
  return isAllowedBySession(policies, session, { ...request, context });
}

export interface Credentials extends Required<Secret> {
  readonly accessKeyId: string;
  readonly principal: Principal;
}

/** All credentials that the stand-ins have issued. */
export class CredentialStore {
  readonly #credentials = new Map<string, Credentials>();

  issue(principal: Principal): Credentials {
    const credentials = {
      accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: randomBytes(96).toString("base64"),
      principal,
    };
    this.#credentials.set(credentials.accessKeyId, credentials);
    return credentials;
  }

  find(accessKeyId: string): Credentials | undefined {
    return this.#credentials.get(accessKeyId);
  }
}
