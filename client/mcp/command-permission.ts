import type { AccessRequest } from "../../sdk/types.ts";
import { visible } from "../terminal/terminal.ts";

/** What lets a connection be made: an access request, or policy alone. */
export type Grounds = Pick<AccessRequest, "id" | "status" | "breakGlass" | "reviews"> | undefined;

interface Refusal {
  readonly why: string;
  readonly next: string;
}

/**
 * Decides whether an agent may run a command. Policy permits the connection already; this asks whether a person, or an
 * integration that policy trusts with approvals, has approved the access that it is made under. Access that was taken by
 * break-glass is for the person who took it.
 *
 * @param grounds undefined if policy permits the connection without an access request.
 * @returns undefined if it may.
 */
export function refuseCommand(grounds: Grounds, allowStanding: boolean): Refusal | undefined {
  if (grounds?.breakGlass) {
    return {
      why: `access request ${visible(grounds.id)} was taken by break-glass: it is for the person in the emergency, not for agents`,
      next: "Tell your user. Once that access has ended, request_access asks for access that others approve.",
    };
  }
  if (grounds !== undefined && grounds.status !== "active") {
    return { why: `access request ${visible(grounds.id)} is no longer active`, next: "Call explain_access." };
  }
  if (allowStanding || grounds?.reviews.some(({ decision }) => decision === "approve")) return undefined;
  const why =
    grounds === undefined
      ? "policy lets your user connect without an access request"
      : `policy required no approval for access request ${visible(grounds.id)}`;
  return {
    why: `${why}, and this server runs commands only under access that somebody has approved`,
    next: "request_access cannot change that here. Ask your user to run the command, or to start this server with --allow-standing.",
  };
}
