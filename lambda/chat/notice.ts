import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { NamedInstance } from "../targets/locate.ts";
import type { Message, Quote } from "./chat.ts";
import { consoleButton, type Shown } from "./request-message.ts";
import { instancesCommand, lengthWords, scopeWords, showTime, sshCommand } from "./words.ts";

/** What somebody is told directly. */
export interface Notice {
  /** Names what it tells: of the same, nobody is told twice. */
  readonly key: string;
  readonly message: Message;
}

interface Told extends Shown {
  /** The id of who is told. */
  readonly person: string;
  /** The instance of the scope, if it is one, as it is named on a command line. */
  readonly instance: NamedInstance | undefined;
}

/**
 * What somebody whose access it is, or who has asked for it, is to know of a request as it is now, with their next step. Undefined if
 * that is nothing, or what they have done themselves.
 */
export function noticeOf(request: AccessRequestResponse, told: Told): Notice | undefined {
  const { subject, requestedBy, status, osUser, breakGlass } = request;
  const { person, instance } = told;
  const what = `${osUser} on ${scopeWords(request, told.instanceName)}`;
  const isOwn = person === subject;
  const whose = isOwn ? "Your access" : `Access of ${subject}`;
  const notice = (key: string, title: string, notes: readonly string[], more: Partial<Message> = {}): Notice => ({
    key,
    message: {
      title,
      summary: `${title}: ${what}`,
      facts: [
        ...(isOwn ? [] : [{ name: "Who", value: subject }]),
        ...(requestedBy === person ? [] : [{ name: "Asked for by", value: requestedBy }]),
        { name: "Access", value: `as ${what}` },
        { name: "Request", value: request.id },
      ],
      notes,
      buttons: consoleButton(request, told),
      ...more,
    },
  });
  switch (status) {
    case "pending":
      if (requestedBy === person) return undefined;
      return notice(
        "pending",
        "Access asked for",
        [`${requestedBy} has asked for access for you, for ${lengthWords(request)}.`],
        {
          quotes: [{ label: `Reason, by ${requestedBy}`, text: request.reason }],
        },
      );
    case "scheduled":
      return notice("scheduled", `${whose} is approved`, [
        `It starts at ${showTime(request.startsAt ?? "")}, and ends at ${showTime(request.expiresAt ?? "")}.`,
      ]);
    case "active": {
      const { extension, expiresAt = "" } = request;
      // Those who ask without needing approval hear it at once, and more time that is not decided changes nothing.
      if (requestedBy === person && request.reviews.length === 0 && request.startsAt === undefined && !extension)
        return undefined;
      if (extension && extension.status !== "approved" && extension.status !== "denied") return undefined;
      const commands = isOwn ? [nextCommand(request, instance)] : [];
      if (extension?.status === "denied") {
        const refused = [`It ends at ${showTime(expiresAt)}, as before.`];
        return notice(`${extension.id}-denied`, "More time was denied", refused, { quotes: commentsOf(extension) });
      }
      const title =
        extension?.status === "approved" ? `${whose} is extended` : `${whose} is ${breakGlass ? "open" : "approved"}`;
      return notice(
        `active/${expiresAt}`,
        title,
        [`It ends at ${showTime(expiresAt)}.${isOwn ? " Connect with:" : ""}`],
        { commands },
      );
    }
    case "denied":
      return notice("denied", `${whose} was denied`, [], { quotes: commentsOf(request) });
    case "revoked":
      return notice(
        "revoked",
        `${whose} was revoked`,
        request.isEndedBySuspension ? ["A suspension has ended it."] : [],
      );
    case "expired":
      if (request.activatedAt !== undefined) return undefined;
      return notice("expired", "Nobody approved it in time", ["Ask again if it is still needed."]);
    case "cancelled":
      return request.isEndedBySuspension ? notice("cancelled", "A suspension has ended the request", []) : undefined;
    case "unknown":
      return undefined;
  }
}

/** What the subject types once access is active. */
export const nextCommand = ({ scope, osUser }: AccessRequestResponse, instance: NamedInstance | undefined): string =>
  "tags" in scope || !instance ? instancesCommand("tags" in scope ? scope.tags : {}) : sshCommand(instance, osUser);

const commentsOf = ({ reviews }: Pick<AccessRequestResponse, "reviews">): Quote[] =>
  reviews.flatMap(({ reviewer, decision, comment }) =>
    decision === "deny" && comment !== undefined ? [{ label: `Denied by ${reviewer}`, text: comment }] : [],
  );
