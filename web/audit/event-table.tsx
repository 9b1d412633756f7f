import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { AuditEvent } from "../../sdk/types.ts";
import { State } from "../ui/state.tsx";
import { Time } from "../ui/time.tsx";
import { EventDetails } from "./event-details.tsx";
import { capitalized, outcomeOf, sentenceOf } from "./event-words.ts";
import { Actor, Parts } from "./parts.tsx";
import { Place } from "./place.tsx";

/** Events, a row each, that opens its details. */
export function EventTable({ events }: { readonly events: readonly AuditEvent[] }) {
  return (
    <table class="events">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">What happened</th>
          <th scope="col">Actor</th>
          <th scope="col">Subject</th>
          <th scope="col">Instance</th>
          <th scope="col">Outcome</th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <EventRow key={event.id} event={event} />
        ))}
      </tbody>
    </table>
  );
}

function EventRow({ event }: { readonly event: AuditEvent }) {
  const isOpen = useSignal(false);
  const id = useId();
  const { data, time } = event;
  const { word, tone } = outcomeOf(event);
  const toggle = () => {
    isOpen.value = !isOpen.value;
  };
  return (
    <>
      <tr>
        <td class="time">
          <Time at={time} isExact />
        </td>
        <td class="what">
          <button type="button" class="quiet" aria-expanded={isOpen.value} aria-controls={id} onClick={toggle}>
            <Parts parts={capitalized(sentenceOf(event).parts)} />
          </button>
        </td>
        <td class="actor">
          <Actor id={data.actor} />
        </td>
        <td class={`subject ${data.subject === undefined ? "nobody" : ""}`}>
          {data.subject === undefined ? "–" : <Actor id={data.subject} />}
        </td>
        <td class="place">
          <Place facts={data} />
        </td>
        <td class="outcome">
          <State tone={tone}>{word}</State>
        </td>
      </tr>
      <tr id={id} class="details" hidden={!isOpen.value}>
        <td colSpan={6}>{isOpen.value ? <EventDetails event={event} /> : null}</td>
      </tr>
    </>
  );
}
