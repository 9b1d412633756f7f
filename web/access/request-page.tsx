import type { AccessRequest, Caller } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { me } from "../api/me.ts";
import { ShowLoaded } from "../api/show-loaded.tsx";
import { useLoaded } from "../api/use-loaded.ts";
import { Copyable } from "../ui/copy.tsx";
import { focusHeading } from "../ui/heading.ts";
import { askLink, storyLink } from "../ui/links.ts";
import { Quoted } from "../ui/quoted.tsx";
import { State } from "../ui/state.tsx";
import { Countdown } from "../ui/time.tsx";
import { ConnectButtons } from "./connect-buttons.tsx";
import { ExtensionFacts } from "./extension-facts.tsx";
import { isOpen } from "./follow-request.ts";
import { lastAsked } from "./last-asked.ts";
import { actsOn } from "./request-acts.ts";
import { EndButtons, ReviewButtons } from "./request-buttons.tsx";
import { RequestFacts } from "./request-facts.tsx";
import { nextOf, standingWords, stateOf } from "./request-words.ts";
import { ReviewsList } from "./reviews-list.tsx";
import { askAgainQuery } from "./tags.ts";
import { useRequest } from "./use-request.ts";

/** One access request: a message in a chat leads here. */
export function RequestPage({ id }: { readonly id: string }) {
  const caller = useLoaded(me, []);
  const followed = useRequest(id);
  const { value: viewer } = caller;
  const onChanged = (request: AccessRequest) => {
    followed.replace(request);
    focusHeading();
  };
  return (
    <>
      <h1>Access request</h1>
      <ShowLoaded of={viewer ? followed : { ...caller, value: undefined }} what="the access request">
        {(request) =>
          viewer ? (
            <Request key={id} {...{ request, viewer }} failures={followed.failures} onChanged={onChanged} />
          ) : null
        }
      </ShowLoaded>
    </>
  );
}

interface RequestProps {
  readonly request: AccessRequest;
  readonly viewer: Caller;
  readonly failures: number;
  readonly onChanged: (request: AccessRequest) => void;
}

interface StandingProps extends Pick<RequestProps, "request" | "failures"> {
  /** Whether the viewer waits for a reviewer. */
  readonly isAsker: boolean;
  readonly isOwn: boolean;
}

function Request({ request, viewer, failures, onChanged }: RequestProps) {
  const { scope, subject, reason, requestedBy, reviews, extension } = request;
  const { id } = request;
  const instanceId = "instanceId" in scope ? scope.instanceId : undefined;
  // A viewer who may not see the instance still sees its id.
  const { value: instance } = useLoaded(
    async (signal) =>
      instanceId === undefined
        ? undefined
        : api()
            .call("getInstance", { instanceId }, { signal })
            .catch(() => undefined),
    [instanceId],
  );
  const acts = actsOn(request, viewer);
  const isOwn = subject === viewer.id;
  return (
    <div class="sheet">
      <div class="card">
        <Standing {...{ request, failures }} isAsker={acts.cancels !== undefined} isOwn={isOwn} />
        {isOwn ? <ConnectButtons {...{ request, instance }} /> : null}
      </div>
      <div class="card">
        <RequestFacts {...{ request, instance }} />
        <Quoted text={reason} by={requestedBy} />
        <ReviewsList reviews={reviews} />
        {extension ? <ExtensionFacts extension={extension} /> : null}
      </div>
      <ReviewButtons {...{ request, onChanged }} reviewed={acts.reviews} name={instance?.name} />
      <EndButtons {...{ request, acts, onChanged }} />
      <p class="hint">
        <code>{id}</code> · <a href={storyLink({ accessRequestId: id })}>The whole story in the audit</a>
        {isOwn && !isOpen(request) ? (
          <>
            {" · "}
            <a href={askLink(askAgainQuery(request))}>Ask again</a>
          </>
        ) : null}
      </p>
    </div>
  );
}

/** How it stands, what time does next, and what keeps the page from knowing. */
function Standing({ request, failures, isAsker, isOwn }: StandingProps) {
  const { tone, word } = stateOf(request);
  const next = nextOf(request);
  const { value: asked } = lastAsked;
  return (
    <div class="standing">
      {asked?.id === request.id && asked.isPreexisting ? (
        <p>This was asked for already: the request that holds is this one.</p>
      ) : null}
      <p class="state-line">
        <State tone={tone}>{word}</State>
        {next ? (
          <span>
            {next.label} <Countdown until={next.at} over="a moment" />
          </span>
        ) : null}
      </p>
      <p role="status">
        {standingWords(request, isOwn)}
        {failures > 0 ? " Latchkey does not respond, trying again." : null}
      </p>
      {isAsker && request.status === "pending" ? (
        <p class="hint">
          This page shows a review as soon as it is there. A reviewer needs its link:{" "}
          <Copyable text={location.href} label="the link" />
        </p>
      ) : null}
    </div>
  );
}
