/** The host keys that a person has accepted, by instance. They are forgotten with the page: pinning is for `latchkey ssh`. */
const accepted = new Map<string, string>();

/** @param place account, region and id of the instance */
export const rememberHostKey = (place: string, line: string): void => void accepted.set(place, line);

/**
 * The keys to accept of a host.
 *
 * @param vouched those that Latchkey knows. If it knows any, what a person has accepted before does not count.
 */
export function keysToAccept(place: string, vouched: readonly string[]): readonly string[] {
  const line = accepted.get(place);
  return vouched.length > 0 || line === undefined ? vouched : [line];
}
