import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { readSettings } from "../../lib/settings.ts";
import { type EventPattern, fitsPattern } from "../../local/aws/event-pattern.ts";
import { created } from "../lambda/webhooks/samples.ts";
import { allowedPairs } from "../support/iam-statements.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting } from "../support/template-settings.ts";

const anything = z.looseObject({});
const rule = z.looseObject({
  EventPattern: z.custom<EventPattern>(),
  Targets: z.tuple([z.object({ Arn: z.string(), InputPath: z.string() }).loose()]),
});
const stack = synthesize(everySetting);

/** The parts of the deliveries, of one type, whose ids start so. */
const parts = <Properties>(type: `AWS::${string}`, start: string, properties: z.ZodType<Properties>) =>
  stack.all(type, properties).filter(({ id }) => id.startsWith(`WebhookDelivery${start}`));
function part<Properties>(type: `AWS::${string}`, start: string, properties: z.ZodType<Properties>) {
  const [found, ...others] = parts(type, start, properties);
  if (!found || others.length > 0) throw new Error(`There is not one ${type} called ${start}`);
  return found;
}
const arnOf = ({ id }: { id: string }) => `arn:aws:sqs:us-east-1:111122223333:${id}`;

test("without the setting there is nothing of it", () => {
  expect(Object.keys(synthesize({}).resolved).filter((id) => /^webhook/i.test(id))).toEqual([]);
});

describe.each(["siem", "tickets"])("the subscription %s", (name) => {
  const queue = part("AWS::SQS::Queue", `${name}Queue`, anything);
  const failures = part("AWS::SQS::Queue", `${name}Failures`, anything);

  test("has a queue of its own, whose messages go to a dead-letter queue of its own, and both keep them for two weeks", () => {
    expect(queue.properties).toMatchObject({
      MessageRetentionPeriod: 14 * 24 * 3600,
      RedrivePolicy: { deadLetterTargetArn: arnOf(failures), maxReceiveCount: 1000 },
    });
    expect(failures.properties).toMatchObject({ MessageRetentionPeriod: 14 * 24 * 3600 });
  });

  test("takes at most two executions of the function, so that a slow receiver holds up no other", () => {
    const mappings = stack
      .all("AWS::Lambda::EventSourceMapping", z.looseObject({ EventSourceArn: z.string() }))
      .filter(({ properties }) => properties.EventSourceArn === arnOf(queue));
    expect(mappings.map(({ properties }) => properties)).toMatchObject([
      { ScalingConfig: { MaximumConcurrency: 2 }, FunctionResponseTypes: ["ReportBatchItemFailures"], BatchSize: 10 },
    ]);
  });

  test("has an alarm for events that are dead", () => {
    expect(part("AWS::CloudWatch::Alarm", `${name}WebhookBuried`, anything).properties).toMatchObject({
      MetricName: "ApproximateNumberOfMessagesVisible",
      Dimensions: [{ Name: "QueueName", Value: expect.stringContaining(failures.id) }],
      Threshold: 0,
    });
  });
});

describe("a subscription gets the CloudEvents of its types, of this stack alone", () => {
  const source = `latchkey/${stack.stackName}`;
  test.each([
    ["siem", "latchkey.access-request.created", source, true],
    ["siem", "latchkey.connection.pushed", source, true],
    ["siem", "latchkey.access-request.created", "latchkey/Other", false],
    ["siem", "aws.something", source, false],
    ["tickets", "latchkey.access-request.created", source, true],
    ["tickets", "latchkey.review.submitted", source, true],
    ["tickets", "latchkey.connection.pushed", source, false],
  ])("%s: %s of %s: %p", (name, type, source, isTaken) => {
    const { EventPattern, Targets } = rule.parse(part("AWS::Events::Rule", `${name}Events`, anything).properties);
    const onBus = { source, "detail-type": type, detail: created };
    expect(fitsPattern(EventPattern, onBus)).toBe(isTaken);
    expect(Targets).toMatchObject([
      { Arn: arnOf(part("AWS::SQS::Queue", `${name}Queue`, anything)), InputPath: "$.detail" },
    ]);
  });
});

test("the function may read its secret, and receive from the queues, but send only to the dead-letter queues", () => {
  const pairs = allowedPairs(stack.resolved).filter(({ where }) => /^Webhook(?:s|Queue)Policy/.test(where));
  const resourcesOf = (action: string) =>
    pairs.filter((pair) => pair.action === action).map(({ resource }) => resource);
  const queuesOf = (kind: string) =>
    ["siem", "tickets"].map((name) => arnOf(part("AWS::SQS::Queue", `${name}${kind}`, anything)));
  expect(resourcesOf("sqs:SendMessage")).toEqual(queuesOf("Failures"));
  for (const action of ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"])
    expect(resourcesOf(action)).toEqual(queuesOf("Queue"));
  expect(resourcesOf("secretsmanager:GetSecretValue")).toEqual([expect.stringContaining("WebhookDeliverySecret")]);
});

describe("the setting webhooks is refused", () => {
  const subscription = { name: "siem", url: "https://siem.example.com/", events: ["*"] };
  const reading = (changes: object, hosts: readonly string[] = ["siem.example.com"]) =>
    readSettings({ webhooks: { hosts, subscriptions: [{ ...subscription, ...changes }] } });

  test.each([
    "http://siem.example.com/",
    "https://user@siem.example.com/",
    "https://user:word@siem.example.com/",
    "https://siem.example.com/#part",
    "siem.example.com",
    "",
  ])("with the URL %p", (url) => {
    expect(() => reading({ url })).toThrow("webhooks.subscriptions.0.url: must be a URL that starts with https://");
  });

  test.each(["https://example.com/", "https://siem.example.com.evil.example/", "https://siem.example.com./"])(
    "with %s, whose host is not listed",
    (url) => {
      expect(() => reading({ url })).toThrow("which webhooks.hosts does not list");
    },
  );

  test.each([
    ...["127.0.0.1", "localhost", "0x7f.1", "2130706433", "0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"],
    ...["[::127.0.0.1]", "127.1", "localhost.", "169.254.169.254", "[64:ff9b::7f00:1]", "[fd00:ec2::254]"],
    "１２７.0.0.1",
  ])("with the host %s, which is no public name, even if it is listed", (host) => {
    const { hostname } = new URL(`https://${host}/`);
    expect(() => reading({ url: `https://${host}/` }, [host, hostname])).toThrow(
      "webhooks.hosts.0: must be a host name",
    );
  });

  test.each<[sentence: string, changes: object, complaint: string]>([
    ["with an unknown type", { events: ["latchkey.door.opened"] }, "webhooks.subscriptions.0.events.0"],
    ["with a type without its prefix", { events: ["review.submitted"] }, "webhooks.subscriptions.0.events.0"],
    ["without types", { events: [] }, "webhooks.subscriptions.0.events"],
    ["with a type beside all", { events: ["*", "latchkey.review.submitted"] }, "leave the others out"],
    ["with a type twice", { events: ["latchkey.review.submitted", "latchkey.review.submitted"] }, "repeats"],
    ["with a long name", { name: "Siem" }, "must be a short name"],
    ["with a secret in it", { secret: "whsec_" }, "secret"],
  ])("%s", (_, changes, complaint) => {
    expect(() => reading(changes)).toThrow(complaint);
  });

  test("with six subscriptions, which a stack with every setting would have no room for", () => {
    const subscriptions = ["a", "b", "c", "d", "e", "f"].map((name) => ({ ...subscription, name }));
    expect(() => readSettings({ webhooks: { hosts: ["siem.example.com"], subscriptions } })).toThrow("subscriptions");
    const { subscriptions: most = [] } =
      readSettings({
        webhooks: { hosts: ["siem.example.com"], subscriptions: subscriptions.slice(1) },
      }).webhooks ?? {};
    expect(most).toHaveLength(5);
    const others =
      Object.keys(stack.resolved).length - Object.keys(stack.resolved).filter((id) => /siem|tickets/.test(id)).length;
    expect(others + 7 * most.length).toBeLessThan(500);
  });

  test("with two subscriptions of one name", () => {
    const webhooks = { hosts: ["siem.example.com"], subscriptions: [subscription, subscription] };
    expect(() => readSettings({ webhooks })).toThrow("webhooks.subscriptions.1: repeats siem");
  });
});
