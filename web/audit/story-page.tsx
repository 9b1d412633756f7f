import { ShowLoaded } from "../api/show-loaded.tsx";
import { useLoaded } from "../api/use-loaded.ts";
import { auditLink } from "../ui/links.ts";
import { readStory } from "./read-story.ts";
import { StoryHeadCard } from "./story-head.tsx";
import { Timeline } from "./timeline.tsx";

/** Everything that belongs to one access request, or to one connection, oldest first. */
export function StoryPage({ query }: { readonly query: URLSearchParams }) {
  const textOf = (name: string) => query.get(name) ?? undefined;
  const [accessRequestId, connectionId] = [textOf("accessRequestId"), textOf("connectionId")];
  const of = { accessRequestId, connectionId, instanceId: textOf("instanceId") };
  const story = useLoaded((signal) => readStory(of, signal), [of]);
  return (
    <>
      <p class="hint">
        <a href={auditLink()}>Audit</a>
      </p>
      <h1>{accessRequestId === undefined ? "Story of a connection" : "Story of an access request"}</h1>
      <ShowLoaded of={story} what="the story">
        {({ steps, head, missing, isCut }) =>
          steps.length === 0 ? (
            <p class="empty">
              {isCut ? "None of the newest events belongs to it." : "There are no such events that you may read."}
            </p>
          ) : (
            <>
              <StoryHeadCard head={head} />
              {isCut ? <p class="hint">There are older events that are not shown.</p> : null}
              {missing.map((each) => (
                <p class="hint" key={each}>
                  Missing, or not for you to read: {each}
                </p>
              ))}
              <Timeline steps={steps} />
              <p class="actions">
                <button type="button" onClick={story.reload}>
                  Read again
                </button>
              </p>
            </>
          )
        }
      </ShowLoaded>
    </>
  );
}
