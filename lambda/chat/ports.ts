import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { Decision } from "../../contract/decision.ts";
import type { InstancePage, InstanceResponse } from "../../contract/instance.ts";
import type { CreateAccessRequestInput } from "../access/create.ts";
import type { ListAccessRequestsInput, listAccessRequests } from "../access/list.ts";
import type { ReviewAccessRequestInput } from "../access/review.ts";
import type { DecisionInput } from "../connect/decide.ts";
import type { KeyedCall } from "../idempotency/idempotent.ts";
import type { GetInstanceInput } from "../instances/get.ts";
import type { ListInstancesInput } from "../instances/list.ts";
import type { PersonReader } from "../shared/people.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { NamedInstance } from "../targets/locate.ts";
import type { MessagePlace } from "./chat-input.ts";
import type { LinkPorts } from "./links.ts";

/** The API's own stories, with all that they need. Each throws Problem, as it does for a caller of the API. */
export interface ApiStories {
  listInstances(input: ListInstancesInput, context: RequestContext): Promise<InstancePage>;
  getInstance(input: GetInstanceInput & NamedInstance, context: RequestContext): Promise<InstanceResponse>;
  decide(input: DecisionInput, context: RequestContext): Promise<Decision>;
  createAccessRequest(
    call: KeyedCall,
    input: CreateAccessRequestInput,
    context: RequestContext,
  ): Promise<AccessRequestResponse>;
  reviewAccessRequest(
    call: KeyedCall,
    input: ReviewAccessRequestInput,
    context: RequestContext,
  ): Promise<AccessRequestResponse>;
  listAccessRequests(input: ListAccessRequestsInput, context: RequestContext): ReturnType<typeof listAccessRequests>;
}

/** What is needed to act for users of a chat. Each method rejects with a Problem. */
export interface ChatPorts extends LinkPorts {
  readonly api: ApiStories;
  readonly people: PersonReader;
  readonly posts: Pick<PostStore, "readPost">;
}

export interface ChatSettings {
  /** Where somebody links their user of the chat to themselves, or is seen again. */
  readonly signInUrl: string;
  readonly consoleUrl?: string | undefined;
  /** Whether instances are in one target: then commands do not name it. */
  readonly isAlone: boolean;
  /** Seconds for which groups are remembered. Undefined: the default. */
  readonly rememberedFor?: number | undefined;
}

/** A message that is kept as the state of a request is: what is known of it. */
export interface Post {
  /** What finds the message in the chat. Another id is another message. */
  readonly messageId: string;
  /** The channel that was chosen for it. Undefined: it is a direct message. */
  readonly channel?: string | undefined;
  /** Where it is. Undefined: it has not been posted, as far as is known. */
  readonly place?: MessagePlace | undefined;
  /** A digest of what it shows. */
  readonly shown?: string | undefined;
  /** If the chat may have posted it without our knowing: since when it has been tried, and until when that may still happen. */
  readonly tried?: { readonly since: string; readonly until: string } | undefined;
  /** Until when one worker alone may change it (ISO 8601). */
  readonly leasedUntil: string;
  /** Counts its writes. */
  readonly version: number;
}

/** Keeps posts. Reads are consistent. Each method rejects with a Problem, and stops when its signal aborts. */
export interface PostStore {
  readPost(key: PostKey, signal: AbortSignal): Promise<Post | undefined>;
  /** @returns false if it has changed since `before`: then nothing has been written. */
  writePost(key: PostKey, before: Post | undefined, next: Post, signal?: AbortSignal): Promise<boolean>;
}

/** Of a request: the message in its channel, or that to one user. */
export interface PostKey {
  readonly accessRequestId: string;
  /** `<chat>/<workspace>/<user>`. Undefined: the channel's. */
  readonly user?: string | undefined;
}
