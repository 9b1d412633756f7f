import type { Instance } from "../../sdk/types.ts";
import { isPlainName } from "../instances/instance-names.ts";
import { isLasting } from "../instances/list-instances.ts";
import { handleOf, placeOf, withPlace } from "../instances/place.ts";

/** What a shell, and this command line, take as it is: a name with a space or a control character would become something else. */
export const isPlainWord = (word: string) => /^[\w.@:/+-]+$/.test(word);

/**
 * A word for each of the instances that can be connected to: its name, with account and region if another of them has
 * it elsewhere; for one that has no name, or none for a shell, its id.
 */
export function instanceWords(instances: readonly Instance[]): readonly string[] {
  const lasting = instances.filter(isLasting);
  const byId = new Map<string, Set<string>>();
  for (const instance of lasting) {
    for (const text of [instance.instanceId, instance.name ?? ""]) {
      byId.set(text, (byId.get(text) ?? new Set()).add(withPlace("", placeOf(instance))));
    }
  }
  const isInOnePlace = (text: string) => byId.get(text)?.size === 1;
  const words = lasting.map((instance) => {
    const { name = "", instanceId } = instance;
    if (!isPlainName(name) || !isPlainWord(name)) return isInOnePlace(instanceId) ? instanceId : handleOf(instance);
    return isInOnePlace(name) ? name : withPlace(name, placeOf(instance));
  });
  return [...new Set(words)].sort();
}

/** How the names start that somebody may mean who has typed this: without the user and the place. */
export function typedName(text: string): string {
  const named = text.replace(/@[0-9]+(?:\/[a-z0-9-]*)?$/, "");
  return named.slice(named.lastIndexOf("@") + 1);
}

/** The words that what is typed may become: also behind `user@`. */
export function completions(text: string, words: readonly string[]): readonly string[] {
  const parts = [...text.matchAll(/@/g)].map(({ index }) => index + 1);
  const ways = [0, ...parts].map((at) => [text.slice(0, at), text.slice(at)] as const);
  return ways.flatMap(([user, start]) =>
    words.filter((word) => word.startsWith(start)).map((word) => `${user}${word}`),
  );
}
