import { type ComponentChildren, toChildArray } from "preact";
import { stateOf } from "../access/request-words.ts";
import { showDuration } from "../ui/duration.ts";
import { auditLink, instanceLink, requestLink } from "../ui/links.ts";
import { State } from "../ui/state.tsx";
import { Countdown, Time } from "../ui/time.tsx";
import { Actor } from "./parts.tsx";
import type { StoryHead } from "./story.ts";

/** What the story is about. */
export function StoryHeadCard({ head }: { readonly head: StoryHead }) {
  const {
    accessRequestId,
    subject,
    requestedBy,
    instance,
    tags,
    osUser,
    asked,
    granted,
    status,
    beganAt,
    expiresAt,
    endedAt,
  } = head;
  return (
    <section class="card" aria-label="What it is about">
      <dl>
        <Line label="Who">
          {subject === undefined ? undefined : <Actor id={subject} />}
          {requestedBy === undefined || requestedBy === subject ? null : (
            <>
              , asked for by <Actor id={requestedBy} />
            </>
          )}
        </Line>
        <Line label="Instance">
          {instance && (
            <a href={instanceLink(instance)}>
              <code>{instance.instanceId}</code>
            </a>
          )}
        </Line>
        <Line label="Instances with">{tags.length > 0 && <bdi>{tags.join(", ")}</bdi>}</Line>
        <Line label="OS user">{osUser && <code>{osUser}</code>}</Line>
        <Line label="Status">
          {status && <Status status={status} />}
          {head.breakGlass ? ", by break-glass" : null}
        </Line>
        <Line label="Asked for">{asked !== undefined && showDuration(asked)}</Line>
        <Line label="Granted">{granted !== undefined && showDuration(granted)}</Line>
        <Line label="Began">{beganAt && <Time at={beganAt} isExact />}</Line>
        <Line label="Ends">
          {expiresAt && endedAt === undefined && (
            <>
              <Time at={expiresAt} isExact /> (<Countdown until={expiresAt} />)
            </>
          )}
        </Line>
        <Line label="Ended">{endedAt && <Time at={endedAt} isExact />}</Line>
        <Line label="Connections">{head.connections > 0 && String(head.connections)}</Line>
      </dl>
      <p class="links">
        {accessRequestId === undefined ? null : (
          <>
            <a href={requestLink(accessRequestId)}>The access request</a>
            <a href={auditLink({ accessRequestId })}>Its events as a list</a>
          </>
        )}
      </p>
    </section>
  );
}

function Status({ status }: { readonly status: string }) {
  const { tone, word } = stateOf({ status });
  return <State tone={tone}>{word}</State>;
}

function Line({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  const isEmpty = toChildArray(children).every((child) => child === "" || typeof child === "boolean");
  return isEmpty ? null : (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
