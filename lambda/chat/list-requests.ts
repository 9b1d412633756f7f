import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { Caller } from "../../contract/caller.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { Fact, Message } from "./chat.ts";
import type { ApiStories } from "./ports.ts";
import { lengthWords, scopeWords, statusWords } from "./words.ts";

/** Requests that are shown of each kind. */
const mostShown = 10;

/** The caller's open requests, and those that they may review. @throws Problem as the API's story does. */
export async function listRequests(
  api: Pick<ApiStories, "listAccessRequests">,
  caller: Caller,
  consoleUrl: string | undefined,
  context: RequestContext,
): Promise<Message> {
  const list = (filter: object) => api.listAccessRequests({ caller, limit: mostShown, ...filter }, context);
  const own = { subject: caller.id };
  const [toReview, ...open] = await Promise.all([
    list({ reviewable: true }),
    ...(["pending", "scheduled", "active"] as const).map((status) => list({ ...own, status })),
  ]);
  const facts = [
    ...toReview.items.map((request) => factOf("For you to review", request)),
    ...open.flatMap(({ items }) => items.map((request) => factOf("Yours", request))),
  ];
  const isMore = [toReview, ...open].some(({ nextCursor }) => nextCursor !== undefined);
  return {
    title: "Access requests",
    facts,
    notes: [
      ...(facts.length === 0 ? ["You have no open requests, and none waits for your review."] : []),
      ...(toReview.items.length > 0 ? ["Review them by the buttons of their messages, or with:"] : []),
      ...(isMore ? ["There are more."] : []),
    ],
    commands: toReview.items.length > 0 || isMore ? ["latchkey requests --reviewable"] : [],
    buttons:
      consoleUrl === undefined ? [] : [{ kind: "link", label: "Open the console", url: `${consoleUrl}#/access` }],
  };
}

const factOf = (name: string, request: AccessRequestResponse): Fact => ({
  name,
  value: [
    `${request.subject} as ${request.osUser} on ${scopeWords(request, request.instanceName)}`,
    `for ${lengthWords(request)}: ${statusWords(request)} (${request.id})`,
  ].join(", "),
});
