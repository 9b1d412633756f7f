import type { AuditEvent } from "../../sdk/types.ts";
import { Copyable } from "../ui/copy.tsx";
import { Disclosure } from "../ui/disclosure.tsx";
import { showDuration } from "../ui/duration.ts";
import { auditLink, storyLink } from "../ui/links.ts";
import { Quoted } from "../ui/quoted.tsx";
import { Time } from "../ui/time.tsx";
import { type Fact, factsOf, remarksOf } from "./event-facts.ts";
import { Actor } from "./parts.tsx";
import { PolicyTexts } from "./policy-texts.tsx";
import { storyOfEvent } from "./story.ts";

/** Everything that an event says: the facts, then what people wrote. */
export function EventDetails({ event }: { readonly event: AuditEvent }) {
  const { data, time } = event;
  const story = storyOfEvent(event);
  return (
    <div class="event-details">
      <dl>
        <dt>Time</dt>
        <dd>
          <Time at={time} isExact /> <span class="hint">({time})</span>
        </dd>
        {factsOf(event).map((fact) => (
          <FactLine key={fact.label} fact={fact} />
        ))}
      </dl>
      {remarksOf(event).map(({ label, text }) => (
        <div key={label}>
          <h3>{label}</h3>
          <Quoted text={text} />
        </div>
      ))}
      <Decision data={data} />
      <p class="links">
        {story === undefined ? null : <a href={storyLink({ ...story })}>The whole story</a>}
        {data.instanceId === undefined ? null : (
          <a href={auditLink({ instanceId: data.instanceId })}>All events of the instance</a>
        )}
        <a href={auditLink({ actor: data.actor })}>
          All that <Actor id={data.actor} /> did
        </a>
      </p>
    </div>
  );
}

/** The policies that decided, for those who want to read them. */
function Decision({ data }: { readonly data: AuditEvent["data"] }) {
  const { instanceId, accountId, region, policies = [], policyDigest } = data;
  if (instanceId === undefined || policyDigest === undefined || policies.length === 0) return null;
  const instance = { instanceId, accountId, region };
  return (
    <Disclosure summary="The policies that decided">
      {() => <PolicyTexts instance={instance} digest={policyDigest} ids={policies} />}
    </Disclosure>
  );
}

function FactLine({ fact: { label, value } }: { readonly fact: Fact }) {
  return (
    <>
      <dt>
        <bdi>{label}</bdi>
      </dt>
      <dd>{shown(label, value)}</dd>
    </>
  );
}

function shown(label: string, value: Fact["value"]) {
  if ("text" in value) return <bdi>{value.text}</bdi>;
  if ("person" in value) return <Actor id={value.person} />;
  if ("seconds" in value) return showDuration(value.seconds);
  if ("at" in value) return <Time at={value.at} isExact />;
  if ("ids" in value) {
    if (value.ids.length === 0) return "none";
    return value.ids.map((id) => (
      <div key={id}>
        <Copyable text={id} label={label} />
      </div>
    ));
  }
  return (
    <code>
      <bdi>{"code" in value ? value.code : value.json}</bdi>
    </code>
  );
}
