import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { cancel, create, type RequestedAccess } from "../../lambda/access/transitions.ts";
import type { TrailEvent } from "../../lambda/shared/trail-event.ts";
import { type EventPattern, fitsPattern } from "../../local/aws/event-pattern.ts";
import { act, later, sample, taken } from "../support/access-requests.ts";
import { place } from "../support/samples.ts";
import { inputTransformer, transformed } from "./input-transformer.ts";

const root = path.resolve(import.meta.dirname, "../..");
const outdir = mkdtempSync(path.join(tmpdir(), "latchkey-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const env = { ...process.env, CDK_OUTDIR: outdir, CDK_VALIDATION: "false" };
execFileSync(process.execPath, [path.join(root, "examples/notifications/app.ts")], { env });
const template = z
  .object({ Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown().optional() })) })
  .parse(JSON.parse(readFileSync(path.join(outdir, "LatchkeyNotifications.template.json"), "utf8")));

const target = z.looseObject({
  InputTransformer: inputTransformer.optional(),
  DeadLetterConfig: z.object({ Arn: z.unknown() }),
});
const rule = z.looseObject({
  EventBusName: z.literal("LatchkeyBus"),
  EventPattern: z.custom<EventPattern>(),
  Targets: z.tuple([target]),
});
const rules = Object.entries(template.Resources)
  .filter(([, { Type }]) => Type === "AWS::Events::Rule")
  .map(([id, { Properties }]) => ({ name: id.replace(/[0-9A-F]{8}$/, ""), ...rule.parse(Properties) }));

/** As a rule of the bus sees it. */
const onBus = (event: TrailEvent) => ({ source: "latchkey/Latchkey", "detail-type": event.type, detail: event });
/** What each rule that an event fits gives its target. */
const delivered = (event: TrailEvent) =>
  Object.fromEntries(
    rules
      .filter(({ EventPattern }) => fitsPattern(EventPattern, onBus(event)))
      .map(({ name, Targets: [{ InputTransformer }] }) => [
        name,
        InputTransformer ? transformed(InputTransformer, onBus(event)) : event,
      ]),
  );

const hostile =
  '"}],"actions":[] \\ [Approve](https://evil.example.com) <at>bob</at> <detail-data-subject> \u202egnol **bold** ' +
  "x".repeat(300);
const requested: RequestedAccess = {
  ...{ id: sample.pending.id, subject: "alice", scope: { ...place, instanceId: "i-0900000000000000d" } },
  ...{ osUser: "ec2-user", durationSeconds: 3600, reason: hostile, breakGlass: false, pendingTimeoutSeconds: 1800 },
  requirements: { approvals: 1, reason: true },
};
const ofCreation = (changes: Partial<RequestedAccess> = {}) =>
  create({ ...requested, ...changes }, act("alice", later(0))).events;
const [asked] = ofCreation();
const emergency = ofCreation({ breakGlass: true, requirements: { approvals: 0, reason: true } });

describe("the rules of docs/notifications.md tell", () => {
  test.each<[sentence: string, events: readonly TrailEvent[], told: readonly string[]]>([
    ["Teams of a request for an instance", [asked], ["AskedForInstance"]],
    ["Teams of a request for tags", ofCreation({ scope: { tags: { env: "prod" } } }), ["AskedForTags"]],
    ["nobody of a request that needs no approval", ofCreation({ requirements: { approvals: 0, reason: true } }), []],
    ["people by mail of break-glass", emergency, ["Emergencies"]],
    ["nobody of other events", taken(cancel(sample.pending, "no", act("alice"))).events, []],
  ])("%s, and the receiver of every event", (_, events, told) => {
    const names = events.flatMap((event) => Object.keys(delivered(event)));
    expect(names.filter((name) => name !== "Everything")).toEqual(told);
    expect(names.filter((name) => name === "Everything")).toHaveLength(events.length);
  });
});

describe("text from people is data", () => {
  test("in the card, where only runs of text have it: nothing else of the card differs", () => {
    const plain = delivered(ofCreation({ reason: "INC-42" })[0])["AskedForInstance"];
    const card = delivered(asked)["AskedForInstance"];
    const blank = (text: string) => (key: string, value: unknown) => (value === text ? `its ${key}` : value);
    expect(JSON.stringify(card, blank(hostile))).toBe(JSON.stringify(plain, blank("INC-42")));
    expect(JSON.stringify(card)).toContain(`{"type":"TextRun","text":${JSON.stringify(hostile)}}`);
  });

  test("in the mail, which is JSON", () => {
    const [mail] = emergency.flatMap((event) => delivered(event)["Emergencies"] ?? []);
    expect(mail).toEqual({
      what: "Somebody has taken access by break-glass, without an approval",
      ...{ subject: "alice", instanceId: "i-0900000000000000d", osUser: "ec2-user" },
      ...{ until: later(3600).toISOString(), accessRequestId: requested.id },
      "reason, in the subject's words": hostile,
    });
  });
});

test("the card is an Adaptive Card with a link to the request, and has Markdown nowhere but in words of ours", () => {
  const card = delivered(asked)["AskedForInstance"] as Record<string, unknown>;
  expect(card).toMatchObject({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          ...{ type: "AdaptiveCard", version: "1.4" },
          actions: [{ type: "Action.OpenUrl", url: `https://latchkey.example.com/#/requests/${requested.id}` }],
        },
      },
    ],
  });
  const readsMarkdown = JSON.stringify(card).match(/\{"type":"(?:TextBlock|FactSet)"[^}]*\}/g);
  expect(readsMarkdown).toEqual(['{"type":"TextBlock","text":"Access is asked for","weight":"Bolder"}']);
});

test("what cannot be delivered waits in one queue, which an alarm watches, and no secret is in the template", () => {
  const [dead, ...others] = new Set(
    rules.map(({ Targets: [{ DeadLetterConfig }] }) => JSON.stringify(DeadLetterConfig)),
  );
  expect({ dead, others }).toEqual({ dead: expect.stringContaining("Undelivered"), others: [] });
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  expect(types).toEqual(expect.arrayContaining(["AWS::CloudWatch::Alarm", "AWS::SQS::Queue", "AWS::SNS::Topic"]));
  expect(JSON.stringify(template)).toContain("{{resolve:secretsmanager:latchkey/teams-sig:SecretString:::}}");
  expect(JSON.stringify(template)).not.toMatch(/[?&]sig=/);
});
