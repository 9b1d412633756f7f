import type { AccessRequest, Instance } from "../../sdk/types.ts";
import { visible } from "../terminal/terminal.ts";
import { tagWord, tagWords } from "./tags.ts";

/**
 * Why active access by tags does not lead to a connection: a sentence for each request.
 *
 * @param requests of the person who would connect.
 */
export function uncoveredWords(
  requests: readonly AccessRequest[],
  instance: Pick<Instance, "tags" | "accountId" | "region">,
  osUser: string,
): string[] {
  return requests.flatMap((request) => {
    if (!("tags" in request.scope)) return [];
    const reason = missingWords(request, request.scope, instance, osUser);
    return reason === undefined
      ? [`Access request ${visible(request.id)} covers it, but policy also reads the instance's other tags.`]
      : [`Access request ${visible(request.id)} does not cover it: ${reason}.`];
  });
}

type TagScope = Extract<AccessRequest["scope"], { readonly tags: unknown }>;

/** Undefined if nothing is missing. */
function missingWords(
  request: Pick<AccessRequest, "osUser">,
  scope: TagScope,
  { tags, accountId, region }: Pick<Instance, "tags" | "accountId" | "region">,
  osUser: string,
): string | undefined {
  for (const [key, value] of Object.entries(scope.tags)) {
    const own = Object.hasOwn(tags, key) ? tags[key] : undefined;
    if (own === undefined) return `the instance has no tag ${tagWord(key)}`;
    if (own !== value) return `the instance has ${tagWords({ [key]: own })}, not ${tagWords({ [key]: value })}`;
  }
  if (scope.accountId !== undefined && (scope.accountId !== accountId || scope.region !== region)) {
    return `it is for instances of ${visible(scope.accountId)} in ${visible(scope.region ?? "")}`;
  }
  return request.osUser === osUser ? undefined : `it is for the OS user ${visible(request.osUser)}`;
}
