import type { Caller } from "../../contract/caller.ts";
import { idempotentCreation, idempotentReview } from "../../lambda/access/idempotent-operations.ts";
import { listAccessRequests } from "../../lambda/access/list.ts";
import { accessIndex } from "../../lambda/aws/dynamodb/access-list.ts";
import { chatLinkStore } from "../../lambda/aws/dynamodb/chat-link-table.ts";
import { postStore } from "../../lambda/aws/dynamodb/chat-post-table.ts";
import { connectReads } from "../../lambda/aws/dynamodb/connect-reads.ts";
import { idempotencyStore } from "../../lambda/aws/dynamodb/idempotency-table.ts";
import { peopleTable } from "../../lambda/aws/dynamodb/person-table.ts";
import type { Chat } from "../../lambda/chat/chat.ts";
import type { ChatInput } from "../../lambda/chat/chat-input.ts";
import type { ChatUser } from "../../lambda/chat/chat-user.ts";
import { link } from "../../lambda/chat/links.ts";
import { perform } from "../../lambda/chat/perform.ts";
import type { ApiStories, ChatSettings } from "../../lambda/chat/ports.ts";
import { type ShowSettings, showRequest } from "../../lambda/chat/show-request.ts";
import { decide } from "../../lambda/connect/decide.ts";
import { idempotent } from "../../lambda/idempotency/idempotent.ts";
import { getInstance } from "../../lambda/instances/get.ts";
import { matches } from "../../lambda/instances/matches.ts";
import { instanceResponse } from "../../lambda/instances/response.ts";
import { mayView } from "../../lambda/policy/authorize.ts";
import { secondsAfter } from "../../lambda/shared/time.ts";
import { AccessWorld, accessSettings, callers, type Who } from "./access-world.ts";
import { boundTable } from "./bound-table.ts";
import { fakeTargets } from "./fake-targets.ts";
import { endpoint, place } from "./samples.ts";

const instanceSettings = { defaultOsUser: "ec2-user", fips: false, serialConsole: false, ...place };

/** A channel of everything in prod, and of what OnCall can review. */
export const onCall = { channel: "C0ONCALL" };

/** People of `AccessWorld` in a chat, around the embedded table. */
export class ChatWorld {
  readonly access = new AccessWorld();
  readonly settings: ChatSettings & ShowSettings;
  readonly people = peopleTable(boundTable);
  readonly links = { links: chatLinkStore(boundTable), suspensions: this.access.suspensions };

  /** @param chat its name. */
  constructor(chat = "plain") {
    this.settings = {
      chat,
      channels: [
        { ...onCall, tags: { env: "prod" } },
        { ...onCall, group: "OnCall" },
      ],
      signInUrl: "https://slack.example.com/link",
      consoleUrl: "https://console.example.com/",
      isAlone: false,
    };
  }

  /** `U0ALICE` of the workspace. */
  userOf(who: string): ChatUser {
    return { chat: this.settings.chat, workspace: "T0LOCAL", user: `U0${who.toUpperCase()}` };
  }

  /** What every story has. */
  ports(chat: Chat) {
    const { access, people, links } = this;
    return {
      ...{ chat, people, ...links, api: this.api(), posts: postStore(boundTable) },
      ...{ store: access.store, findInstance: access.ports.findInstance, policy: access.ports.policy },
    };
  }

  api(): ApiStories {
    const { access, people } = this;
    const { policy } = access.ports;
    const keys = idempotencyStore(boundTable);
    const instances = {
      describeInstance: async (instanceId: string) => access.ports.findInstance({ instanceId }, access.context()),
    };
    const network = { describeEndpoints: async () => [endpoint], readImageNames: async () => new Map() };
    const hostKeys = { readHostKeys: async () => new Map() };
    const settings = { ...instanceSettings, ...accessSettings };
    const listPorts = { policy, ...fakeTargets(() => access.fleet), ...accessIndex(boundTable) };
    return {
      listInstances: async ({ caller, ...filter }) => ({
        items: access.fleet
          .filter((one) => matches(one, filter) && mayView(policy, caller, one))
          .map((one) => ({
            ...instanceResponse(
              one,
              { endpoints: [endpoint], hostKeys: new Map(), imageNames: new Map() },
              instanceSettings,
            ),
            observedAt: access.now.toISOString(),
          })),
      }),
      getInstance: (input, context) =>
        getInstance({ policy, instances, network, hostKeys, describer: noDescriber }, instanceSettings, input, context),
      decide: (input, context) =>
        decide({ policy, instances, network, access: connectReads(boundTable), people }, settings, input, context),
      createAccessRequest: idempotent(keys, "createAccessRequest", idempotentCreation(access.ports, accessSettings)),
      reviewAccessRequest: idempotent(keys, "reviewAccessRequest", idempotentReview(access.ports, accessSettings)),
      listAccessRequests: (input, context) => listAccessRequests(listPorts, accessSettings, input, context),
    };
  }

  /** Links somebody who has just signed in. */
  async link(who: Who, seen: Date = this.access.now): Promise<void> {
    const caller: Caller = callers[who];
    const context = this.access.context();
    await link(this.links, { user: this.userOf(who), person: caller.id }, context);
    await this.people.refresh(caller, seen, context.deadline.signal);
  }

  input(who: string): Pick<ChatInput, "from" | "reply" | "receivedAt"> {
    return { from: this.userOf(who), reply: {}, receivedAt: this.access.now.toISOString() };
  }

  /** Somebody types a command. @returns what they are told. */
  type(chat: Chat, who: string, text: string, key = `chat-of-${who}-${text}`) {
    const input: ChatInput = { kind: "command", ...this.input(who), text };
    return perform(this.ports(chat), this.settings, { input, key }, this.context());
  }

  show(chat: Chat, id: string) {
    return showRequest(this.ports(chat), this.settings, id, this.context());
  }

  context() {
    // The deadline of a key is kept with it.
    return {
      ...this.access.context({ deadlineAt: secondsAfter(this.access.now, 30) }),
      via: this.settings.chat,
      sourceIp: undefined,
    };
  }
}

const noDescriber = { describeInterfaces: unused, describeNetwork: unused };

async function unused(): Promise<never> {
  throw new Error("Nobody in a chat looks at networks");
}
