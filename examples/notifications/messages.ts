import { EventField, RuleTargetInput } from "aws-cdk-lib/aws-events";

// A field of an event is always a whole JSON value: EventBridge then escapes what is in it.
const data = (name: string) => EventField.fromPath(`$.detail.data.${name}`);

/** A mail about break-glass. It is JSON, so that nobody's text can pass for a line of ours. */
export const emergencyMail = RuleTargetInput.fromObject({
  what: "Somebody has taken access by break-glass, without an approval",
  subject: data("subject"),
  instanceId: data("instanceId"),
  osUser: data("osUser"),
  until: data("expiresAt"),
  accessRequestId: data("accessRequestId"),
  "reason, in the subject's words": data("reason"),
});

/** The card of a request for one instance. */
export const instanceCard = (consoleUrl: string) => card(consoleUrl, { Instance: data("instanceId") });

/** The card of a request for all instances with certain tags, which the console shows. */
export const tagsCard = (consoleUrl: string) => card(consoleUrl, { Instances: "all with certain tags" });

/** What a workflow of Teams posts: an Adaptive Card. https://adaptivecards.io/explorer/ */
function card(consoleUrl: string, where: Readonly<Record<string, string>>) {
  const facts = { For: data("subject"), "Asked by": data("requestedBy"), ...where, "OS user": data("osUser") };
  return RuleTargetInput.fromObject({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          type: "AdaptiveCard",
          version: "1.4",
          body: [
            { type: "TextBlock", text: "Access is asked for", weight: "Bolder" },
            ...Object.entries(facts).map(([name, value]) => line(name, value)),
            line("Reason", data("reason")),
          ],
          actions: [
            // The id is Latchkey's own: letters, digits and hyphens.
            { type: "Action.OpenUrl", title: "Review", url: `${consoleUrl}#/requests/${data("accessRequestId")}` },
          ],
        },
      },
    ],
  });
}

/** Runs of text, which Teams shows as they are. It reads Markdown in text blocks and facts, so people could write links there. */
const line = (name: string, text: string) => ({
  type: "RichTextBlock",
  inlines: [
    { type: "TextRun", text: `${name}: `, weight: "Bolder" },
    { type: "TextRun", text },
  ],
});
