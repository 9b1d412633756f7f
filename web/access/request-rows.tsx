import type { AccessRequest } from "../../sdk/types.ts";
import { requestLink } from "../ui/links.ts";
import { State } from "../ui/state.tsx";
import { Countdown, Time } from "../ui/time.tsx";
import { hasPendingExtension } from "./request-acts.ts";
import { Target } from "./request-target.tsx";
import { approvalCount, nextOf, stateOf } from "./request-words.ts";

interface RowsProps {
  readonly requests: readonly AccessRequest[];
  /** The id of the person who looks at them. */
  readonly viewerId: string;
}

/** Access requests, each with what it is for, how it stands and until when, and then its reason. */
export function RequestRows({ requests, viewerId }: RowsProps) {
  return (
    <ul class="bare requests">
      {requests.map((request) => (
        <RequestRow key={request.id} {...{ request, viewerId }} />
      ))}
    </ul>
  );
}

function RequestRow({ request, viewerId }: { readonly request: AccessRequest; readonly viewerId: string }) {
  const { id, subject, osUser, reason, createdAt, status, breakGlass, requirements } = request;
  const { tone, word } = stateOf(request);
  const next = nextOf(request);
  return (
    <li>
      <div class="request">
        <a href={requestLink(id)}>
          <Target request={request} /> as <code>{osUser}</code>
        </a>
        <span>
          {breakGlass ? <State tone="bad">Break-glass</State> : null}{" "}
          {hasPendingExtension(request) ? <State tone="waiting">More time pending</State> : null}{" "}
          <State tone={tone}>{word}</State>
        </span>
      </div>
      <p class="hint">
        {next ? (
          <>
            {next.label} <Countdown until={next.at} over="a moment" />
            {" · "}
          </>
        ) : null}
        {status === "pending" && requirements.approvals > 0 ? `${approvalCount(request)} approvals · ` : null}
        {subject === viewerId ? null : (
          <>
            for <bdi>{subject}</bdi>
            {" · "}
          </>
        )}
        asked <Time at={createdAt} />
      </p>
      <blockquote class="said">
        <bdi>{reason}</bdi>
      </blockquote>
    </li>
  );
}
