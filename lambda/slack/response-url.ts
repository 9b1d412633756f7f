/** Slack itself, and the origin of the addresses that it gives for responses. */
const slackUrl = "https://slack.com";
const hooksOrigin = "https://hooks.slack.com";

/**
 * Where to respond, by the address that came with an input. A stand-in for Slack stands in for its hooks too.
 *
 * @param apiUrl where Slack's Web API is.
 * @returns undefined if the address is not Slack's.
 */
export function responseUrlAt(apiUrl: string, address: string | undefined): string | undefined {
  const url = address === undefined ? null : URL.parse(address);
  const own = apiUrl === slackUrl ? undefined : new URL(apiUrl).origin;
  if (!url || (url.origin !== hooksOrigin && url.origin !== own)) return undefined;
  return `${own ?? hooksOrigin}${url.pathname}${url.search}`;
}
