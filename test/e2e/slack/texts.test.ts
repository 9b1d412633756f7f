import { expect, test } from "@jest/globals";
import { makeAccessRequest } from "../../support/access-client.ts";
import { onlyAnnouncement, useSlack, wordsOf } from "../../support/slack/use-slack.ts";

const slack = useSlack();

test.each<[sentence: string, reason: string]>([
  ["a mention of everybody", "<!channel> <!here> @channel <@U0BOB> look"],
  ["a link that says that it is another", "<https://evil.example|https://console.example.com>"],
  ["markup", "*Approved* by ~bob~ _erin_ `sudo` > quoted & more"],
  ["text from right to left", "עצור אישור של bob שלום"],
  ["as long a reason as can be", "x".repeat(500)],
])("%s in a reason is shown as it is, where Slack makes nothing of it", async (_, reason) => {
  await makeAccessRequest(slack.local.stack.url, "alice", { reason });
  await slack.local.stack.settled();
  const message = await onlyAnnouncement(slack);
  expect(wordsOf(message)).toContain(reason);
  const isMarkup = JSON.stringify(message.blocks).includes('"mrkdwn"');
  expect({ isMarkup, isInNotification: message.text.includes(reason) }).toEqual({
    isMarkup: false,
    isInNotification: false,
  });
});

test("3,000 characters in a command change nothing but the reply, which says why", async () => {
  await slack.type("U0ALICE", `ssh prod-1 because ${"x".repeat(3000)}`);
  expect(await slack.announced()).toEqual([]);
  expect((await slack.toldTo("U0ALICE")).join("\n")).toMatch(/reason/);
});

test("a character that turns text around becomes visible", async () => {
  await slack.type("U0ALICE", "ssh prod-1 because \u202Edessecorp");
  const shown = [...(await slack.announced()).map(wordsOf), ...(await slack.toldTo("U0ALICE"))];
  expect(shown.join("\n")).not.toContain("\u202E");
});
