import type { AuditEvent } from "../../sdk/types.ts";
import type { EventFilter } from "./filters.ts";
import { readEvents } from "./read-events.ts";
import { type Story, type StoryOf, storyOf } from "./story.ts";

/** A story, and whether there are older events that have not been read. */
export interface ReadStory extends Story {
  readonly isCut: boolean;
}

/** Reads everything that belongs to an access request, or to a connection and the request under which it was made. */
export async function readStory(of: StoryOf, signal: AbortSignal): Promise<ReadStory> {
  const { accessRequestId, connectionId, instanceId } = of;
  if (accessRequestId !== undefined) return storyIn({ accessRequestId }, signal);
  const about = { connectionId, instanceId };
  const isWhole = (events: readonly AuditEvent[]) => events.some(({ data }) => data.sequence === 1);
  const { items, nextCursor } = await readEvents(about, { isEnough: isWhole }, signal);
  const request = items.find(({ data }) => data.accessRequestId !== undefined)?.data.accessRequestId;
  if (request !== undefined) return storyIn({ accessRequestId: request }, signal);
  return { ...storyOf(items), isCut: nextCursor !== undefined && !isWhole(items) };
}

async function storyIn(filter: EventFilter, signal: AbortSignal): Promise<ReadStory> {
  const { items, nextCursor } = await readEvents(filter, {}, signal);
  return { ...storyOf(items), isCut: nextCursor !== undefined };
}
