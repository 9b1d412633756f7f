import { describe, expect, test } from "@jest/globals";
import { eventTypes } from "../../../contract/audit-event.ts";
import type { AuditEvent } from "../../../sdk/types.ts";
import type { Part } from "../../../web/audit/event-parts.ts";
import { capitalized, knownTypes, outcomeOf, sentenceOf } from "../../../web/audit/event-words.ts";
import { sampleEvent } from "./sample-events.ts";

const words = (parts: readonly Part[]) =>
  parts.map((part) => (typeof part === "string" ? part : `<${Object.values(part)[0]}>`)).join("");

/** A sentence as it is shown. */
function told(event: AuditEvent): string {
  const { actor, parts } = sentenceOf(event);
  return actor === undefined ? words(capitalized(parts)) : `<${actor}> ${words(parts)}`;
}

describe("an event of which little is known is told as far as it says", () => {
  test.each([
    ["a type of a later version: its own text", "latchkey.session.recorded", {}, "<alice> <latchkey.session.recorded>"],
    ["a type that is a name of JavaScript's", "latchkey.constructor", {}, "<alice> <latchkey.constructor>"],
    ["one that the API cannot read", "latchkey.unreadable", {}, "An event that the API cannot read"],
    ["no data at all", "latchkey.access-request.created", { osUser: undefined }, "<alice> asked for access"],
    ["data of other types", "latchkey.connection.pushed", { osUser: 7, expiresAt: "soon" }, "<alice> pushed a key"],
    [
      "an unknown connection type",
      "latchkey.connection.intended",
      { connectionType: "toString", address: "10.0.0.1" },
      "<alice> was authorized to connect as <ec2-user>, <toString> to <10.0.0.1>",
    ],
  ])("%s", (_, type, data, sentence) => {
    expect(told(sampleEvent({ type, data }))).toBe(sentence);
  });
});

describe("what happened, in words", () => {
  const at = "2026-03-01T15:00:00.000Z";
  test.each([
    ["access-request.created", { durationSeconds: 3600 }, "<alice> asked for access for <3600> as <ec2-user>"],
    [
      "access-request.created",
      { subject: "bob", startsAt: at, breakGlass: true },
      `<alice> asked for access as <ec2-user>, to be used by <bob>, from <${at}>, by break-glass`,
    ],
    ["access-request.scheduled", { startsAt: at }, `Access was scheduled for <${at}>`],
    ["access-request.activated", { expiresAt: at }, `Access began as <ec2-user>, until <${at}>`],
    ["access-request.expired", {}, "The request expired without a decision"],
    ["access-request.expired", { expiresAt: at }, "Access expired"],
    ["access-request.revoked", {}, "<alice> revoked the access"],
    [
      "access-request.extension-requested",
      { extension: { durationSeconds: 1200 } },
      "<alice> asked for more time: <1200>",
    ],
    ["access-request.extended", { expiresAt: at }, `Access was extended until <${at}>`],
    ["caller.suspended", { subject: "dave" }, "<alice> suspended <dave>"],
    ["chat.linked", { chatUser: "slack/T0/U0" }, "<alice> linked the chat user <slack/T0/U0>"],
    [
      "chat.unlinked",
      { chatUser: "slack/T0/U0", subject: "dave" },
      "The chat user <slack/T0/U0> is no longer linked to <dave>",
    ],
    ["review.submitted", { decision: "approve", approvedSeconds: 1800 }, "<alice> approved, for <1800> at most"],
    ["review.submitted", { decision: "deny" }, "<alice> denied"],
    ["review.submitted", { decision: "abstain" }, "<alice> reviewed"],
    [
      "connection.intended",
      { connectionType: "eice", address: "10.0.0.1" },
      "<alice> was authorized to connect as <ec2-user>, through an endpoint to <10.0.0.1>",
    ],
    [
      "connection.intended",
      { connectionType: "serial", address: "serial.example" },
      "<alice> was authorized to connect as <ec2-user>, to the serial console",
    ],
    ["connection.pushed", { expiresAt: at }, `<alice> pushed a key for <ec2-user>, valid until <${at}>`],
    ["connection.failed", { code: "upstream-failure" }, "The push failed: <upstream-failure>"],
    ["connection.failed", { code: "internal", outcome: "unknown" }, "Whether a key was pushed is unknown"],
    [
      "connection.denied",
      { code: "approval-required", count: 12 },
      "<alice> was denied a connection as <ec2-user>: <approval-required>, 12 times within a minute",
    ],
    ["host-keys.registered", { hostKeyFingerprints: [] }, "<alice> removed the registered host keys"],
    ["host-keys.captured", { hostKeyFingerprints: ["a", "b"] }, "2 host keys read from the instance's console"],
  ])("%s %j", (type, data, sentence) => {
    expect(told(sampleEvent({ type: `latchkey.${type}`, data }))).toBe(sentence);
  });

  test("of every type of the contract, without holes", () => {
    expect(knownTypes.map(([type]) => type)).toEqual(eventTypes.map((type) => `latchkey.${type}`));
    for (const [type] of knownTypes) {
      expect(told(sampleEvent({ type }))).not.toMatch(/undefined|latchkey\.|NaN/);
      expect(outcomeOf(sampleEvent({ type })).word).not.toBe("");
    }
  });
});

describe("what came of it", () => {
  test.each([
    ["of a later version: nothing is claimed", "session.recorded", {}, { word: "other", tone: "neutral" }],
    ["a denied connection", "connection.denied", {}, { word: "denied", tone: "bad" }],
    ["a lost outcome", "connection.failed", { outcome: "unknown" }, { word: "unknown", tone: "bad" }],
    ["a denial", "review.submitted", { decision: "deny" }, { word: "denied", tone: "bad" }],
    ["an approval", "review.submitted", { decision: "approve" }, { word: "approved", tone: "good" }],
    ["a request to be reviewed", "access-request.created", { status: "pending" }, { word: "pending", tone: "waiting" }],
    ["one without review", "access-request.created", { status: "active" }, { word: "active", tone: "neutral" }],
    ["removed host keys", "host-keys.registered", { hostKeyFingerprints: [] }, { word: "removed", tone: "neutral" }],
  ])("%s", (_, type, data, outcome) => {
    expect(outcomeOf(sampleEvent({ type: `latchkey.${type}`, data }))).toEqual(outcome);
  });
});
