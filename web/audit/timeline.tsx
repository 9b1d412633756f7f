import { Disclosure } from "../ui/disclosure.tsx";
import { Quoted } from "../ui/quoted.tsx";
import { Time } from "../ui/time.tsx";
import { EventDetails } from "./event-details.tsx";
import { outcomeOf, sentenceOf } from "./event-words.ts";
import { Said } from "./parts.tsx";
import { gapWords, type StoryStep } from "./story.ts";

/** The steps of a story, with the time between them. */
export function Timeline({ steps }: { readonly steps: readonly StoryStep[] }) {
  return (
    <ol class="timeline">
      {steps.map((step) => (
        <Step key={step.event.id} step={step} />
      ))}
    </ol>
  );
}

function Step({ step: { event, after, said, decided } }: { readonly step: StoryStep }) {
  return (
    <li class={outcomeOf(event).tone}>
      <p class="when">
        <Time at={event.time} isExact />
        {after === undefined ? null : <span>{gapWords(after)}</span>}
      </p>
      <p class="what">
        <Said sentence={sentenceOf(event)} />
      </p>
      {said === undefined ? null : <Quoted text={said} />}
      {decided === undefined ? null : (
        <p class="hint">
          Decided by{" "}
          {decided.policies.map((policy, index) => (
            <span key={policy}>
              {index > 0 ? ", " : null}
              <code>{policy}</code>
            </span>
          ))}
          {decided.digest === undefined ? null : (
            <>
              {" "}
              (policy digest <code title={decided.digest}>{decided.digest.replace(/^sha256:/, "").slice(0, 12)}</code>)
            </>
          )}
        </p>
      )}
      <Disclosure summary="Details">{() => <EventDetails event={event} />}</Disclosure>
    </li>
  );
}
