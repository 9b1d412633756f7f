import { describe, expect, test } from "@jest/globals";
import type { Requirements } from "../../../contract/requirements.ts";
import { type ChannelRule, channelOf } from "../../../lambda/chat/channel.ts";

const prod: ChannelRule = { channel: "C0PROD", tags: { env: "prod" } };
const onCall: ChannelRule = { channel: "C0ONCALL", group: "OnCall" };
const both: ChannelRule = { channel: "C0BOTH", tags: { env: "prod" }, group: "OnCall" };
const every: ChannelRule = { channel: "C0EVERY" };

const reviewedBy = (...names: string[]): Requirements => ({
  approvals: 1,
  reason: true,
  reviewers: names.map((name) => ({ kind: "group", name })),
});
const byBob: Requirements = { approvals: 1, reason: true, reviewers: [{ kind: "person", name: "OnCall" }] };
const nothing: Requirements = { approvals: 0, reason: true };
const ticket: Requirements = { ...nothing, alternatives: [{ approvals: 0, integrations: ["ticket"] }] };

describe("a request is announced", () => {
  test.each<[string, readonly ChannelRule[], Requirements, object, string | undefined]>([
    ["nowhere if there are no channels", [], reviewedBy("OnCall"), { env: "prod" }, undefined],
    ["nowhere if none fits", [prod, onCall], reviewedBy("Sre"), { env: "dev" }, undefined],
    ["nowhere if the tag has another value", [prod], reviewedBy("OnCall"), { env: "production" }, undefined],
    [
      "nowhere for a tag that every object has",
      [{ channel: "C", tags: { toString: "" } }],
      reviewedBy("A"),
      {},
      undefined,
    ],
    ["nowhere if a person has the name of the group", [onCall], byBob, {}, undefined],
    ["nowhere if one of two conditions fails", [both], reviewedBy("Sre"), { env: "prod" }, undefined],
    ["nowhere if it needs no approval", [every], nothing, { env: "prod" }, undefined],
    ["where its tags say", [prod, onCall], reviewedBy("Sre"), { env: "prod", team: "a" }, "C0PROD"],
    ["where a group says that can review it", [prod, onCall], reviewedBy("Sre", "OnCall"), { env: "dev" }, "C0ONCALL"],
    ["where a group says of which more is needed", [onCall], reviewedBy("Sre and OnCall"), {}, "C0ONCALL"],
    ["in the first that fits", [both, prod, every], reviewedBy("OnCall"), { env: "prod" }, "C0BOTH"],
    ["in one that takes all", [every], reviewedBy("Sre"), {}, "C0EVERY"],
    ["if an integration has to approve it", [every], ticket, {}, "C0EVERY"],
  ])("%s", (_, rules, requirements, tags, channel) => {
    expect(channelOf(rules, { requirements, breakGlass: false }, { ...tags })).toBe(channel);
  });

  test("if somebody has broken the glass, though nobody reviews that", () => {
    expect(channelOf([prod], { requirements: nothing, breakGlass: true }, { env: "prod" })).toBe("C0PROD");
  });
});
