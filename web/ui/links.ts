/** Where the pages are: in the URL's fragment, which works under any path and host, and reaches no server's log. */

type Query = Readonly<Record<string, string | undefined>>;

/** An instance, exactly if account and region are known. */
export interface InstanceAddress {
  readonly instanceId: string;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
}

export const instancesLink = (filters: Query = {}) => linkTo(["instances"], filters);

export const instanceLink = ({ instanceId, accountId, region }: InstanceAddress) =>
  linkTo(["instances", ...(accountId && region ? [accountId, region] : []), instanceId]);

/** @param number as the tab says it; left out: the page of all terminals. */
export const terminalLink = (number?: number) => linkTo(["terminals", ...(number === undefined ? [] : [`${number}`])]);

export const accessLink = (filters: Query = {}) => linkTo(["access"], filters);

/** The form that asks for access. @param filled what is filled in: `instanceId`, `accountId`, `region`, `osUser`, `tag.KEY` */
export const askLink = (filled: Query = {}) => linkTo(["access", "new"], filled);

export const requestLink = (id: string) => linkTo(["requests", id]);

export const reviewsLink = () => linkTo(["reviews"]);

export const auditLink = (filters: Query = {}) => linkTo(["audit"], filters);

/** The whole story that an event belongs to. @param of `accessRequestId` or `connectionId` */
export const storyLink = (of: Query) => linkTo(["audit", "story"], of);

function linkTo(path: readonly string[], query: Query = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
  const search = given.length > 0 ? `?${new URLSearchParams(given)}` : "";
  return `#/${path.map(encodeURIComponent).join("/")}${search}`;
}
