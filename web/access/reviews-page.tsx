import { useSignal } from "@preact/signals";
import type { AccessRequest } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { IncompleteNote } from "../api/incomplete-note.tsx";
import { ShowLoaded } from "../api/show-loaded.tsx";
import { useLoaded } from "../api/use-loaded.ts";
import { focusHeading } from "../ui/heading.ts";
import { requestLink } from "../ui/links.ts";
import { Quoted } from "../ui/quoted.tsx";
import { Countdown } from "../ui/time.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { ExtensionFacts } from "./extension-facts.tsx";
import { hasPendingExtension, reviewedNow } from "./request-acts.ts";
import { ReviewButtons } from "./request-buttons.tsx";
import { RequestFacts } from "./request-facts.tsx";
import { reviewOrder } from "./request-list.ts";
import { Target } from "./request-target.tsx";
import { ReviewsList } from "./reviews-list.tsx";

/** Milliseconds between two looks at the list: somebody waits. */
const interval = 10_000;

/** What waits for one's review: facts first, then what people wrote. */
export function ReviewsPage(_: { readonly query: URLSearchParams }) {
  const loaded = useLoaded(
    (signal) => api().call("listAccessRequests", { reviewable: "true", limit: 100 }, { signal }),
    [],
  );
  const reviewed = useSignal<{ request: AccessRequest; outcome: string } | undefined>(undefined);
  useRefresh(loaded.reload, interval);
  const onChanged = (request: AccessRequest, outcome?: string) => {
    reviewed.value = outcome === undefined ? undefined : { request, outcome };
    loaded.reload();
    focusHeading();
  };
  return (
    <>
      <h1>Reviews</h1>
      <p role="status">{reviewed.value ? <Done {...reviewed.value} /> : null}</p>
      <ShowLoaded of={loaded} what="what you can review">
        {({ items, incomplete }) => (
          <>
            <IncompleteNote of={incomplete ?? []} what="access requests" />
            {items.length === 0 ? (
              <p class="empty">Nothing waits for your review. New requests appear here by themselves.</p>
            ) : null}
            {reviewOrder(items).map((request) => (
              <ToReview key={request.id} {...{ request, onChanged }} />
            ))}
          </>
        )}
      </ShowLoaded>
    </>
  );
}

interface ToReviewProps {
  readonly request: AccessRequest;
  readonly onChanged: (request: AccessRequest, outcome?: string) => void;
}

function ToReview({ request, onChanged }: ToReviewProps) {
  const { subject, osUser, pendingUntil, extension, reason, requestedBy, reviews, id } = request;
  const isExtension = hasPendingExtension(request);
  const until = isExtension ? extension?.pendingUntil : request.status === "pending" ? pendingUntil : undefined;
  return (
    <article class="card">
      <h2>
        <a href={requestLink(id)}>
          <bdi>{subject}</bdi> asks for {isExtension ? "more time on " : ""}
          <Target request={request} /> as <code>{osUser}</code>
        </a>
      </h2>
      {until === undefined ? null : (
        <p class="hint">
          Reviews close in <Countdown until={until} over="a moment" />.
        </p>
      )}
      <RequestFacts request={request} />
      <Quoted text={reason} by={requestedBy} />
      <ReviewsList reviews={reviews} />
      {isExtension && extension ? <ExtensionFacts extension={extension} /> : null}
      <ReviewButtons
        {...{ request, onChanged }}
        reviewed={reviewedNow(request) ?? "request"}
        name={request.instanceName}
      />
    </article>
  );
}

/** What a review has come to. */
function Done({ request, outcome }: { readonly request: AccessRequest; readonly outcome: string }) {
  return (
    <>
      {outcome} <a href={requestLink(request.id)}>Show the request</a>
    </>
  );
}
