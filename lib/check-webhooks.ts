import { type Complaint, complaintsAboutRepeated } from "./complaint.ts";
import { hostName } from "./door-settings.ts";
import type { Settings } from "./settings.ts";

/** Finds webhooks whose receivers are not at a host of the settings, or that could not be told apart. */
export function complaintsAboutWebhooks({ webhooks }: Settings): Complaint[] {
  if (!webhooks) return [];
  const { hosts, subscriptions } = webhooks;
  const names = subscriptions.map(({ name }) => name);
  return [
    ...hosts.flatMap((host, index) => {
      const { error } = hostName.safeParse(host);
      return error ? [{ path: ["webhooks", "hosts", index], message: error.issues[0]?.message ?? "" }] : [];
    }),
    ...complaintsAboutRepeated(["webhooks", "hosts"], hosts),
    ...complaintsAboutRepeated(["webhooks", "subscriptions"], names),
    ...subscriptions.flatMap(({ url, events }, index) => {
      const path = ["webhooks", "subscriptions", index];
      const message = complaintAboutUrl(url, hosts);
      return [
        ...(message ? [{ path: [...path, "url"], message }] : []),
        ...complaintsAboutRepeated([...path, "events"], events),
        ...(events.includes("*") && events.length > 1
          ? [{ path: [...path, "events"], message: 'has "*", which is all: leave the others out' }]
          : []),
      ];
    }),
  ];
}

/** What is wrong with a receiver's URL, if anything. Its host is compared as the function will resolve it. */
function complaintAboutUrl(text: string, hosts: readonly string[]): string | undefined {
  const url = URL.parse(text);
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "" || text.includes("#"))
    return "must be a URL that starts with https://, without a user or a fragment";
  return hosts.includes(url.hostname) ? undefined : `is at ${url.hostname}, which webhooks.hosts does not list`;
}
