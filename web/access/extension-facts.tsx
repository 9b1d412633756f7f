import type { AccessRequest } from "../../sdk/types.ts";
import { Quoted } from "../ui/quoted.tsx";
import { State } from "../ui/state.tsx";
import { Countdown, Time } from "../ui/time.tsx";
import { ApprovalsFact, Fact } from "./request-facts.tsx";
import { lengthWords, stateOf } from "./request-words.ts";
import { ReviewsList } from "./reviews-list.tsx";

/** The last extension that was asked for: facts first, then what people wrote. */
export function ExtensionFacts({ extension }: { readonly extension: NonNullable<AccessRequest["extension"]> }) {
  const { requestedBy, status, createdAt, pendingUntil, reason, reviews } = extension;
  const { tone, word } = stateOf(extension);
  const isPending = status === "pending";
  return (
    <section>
      <h3>More time</h3>
      <dl class="facts">
        <Fact name="Extension">
          <State tone={tone}>{word}</State>
        </Fact>
        <Fact name="How much longer">{lengthWords(extension)}</Fact>
        <Fact name="Asked">
          <Time at={createdAt} /> by <bdi>{requestedBy}</bdi>
        </Fact>
        <ApprovalsFact reviewed={extension} isPending={isPending} />
        {isPending ? (
          <Fact name="Reviews close in">
            <Countdown until={pendingUntil} over="a moment" />
          </Fact>
        ) : null}
      </dl>
      <Quoted text={reason} by={requestedBy} />
      <ReviewsList reviews={reviews} />
    </section>
  );
}
