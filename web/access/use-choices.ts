import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Instance } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { type Loaded, useLoaded } from "../api/use-loaded.ts";
import { type Choice, readInstance } from "./ask-form.ts";

interface Choices {
  /** Every instance that the form has learned of. */
  readonly choices: readonly Choice[];
  /** The one that it names, as it is now. */
  readonly instance: Loaded<Instance | undefined>;
}

/** The most that a browser's list of suggestions is good for. */
const mostSuggested = 20;

/**
 * What the form's text about an instance could mean.
 *
 * @param text a name, the start of one, or an id
 * @param first what the link says that led here
 */
export function useChoices(text: string, first: readonly Choice[]): Choices {
  const known = useSignal(first);
  const named = readInstance(text, known.value);
  const prefix = named || text.trim().length > 256 ? undefined : text.trim();
  const listed = useLoaded(
    async (signal) =>
      prefix === undefined
        ? undefined
        : api().call("listInstances", { namePrefix: prefix || undefined, limit: mostSuggested }, { signal }),
    [prefix],
  );
  const page = listed.value;
  useEffect(() => {
    if (page === undefined) return;
    const others = known.peek().filter((one) => page.items.every((item) => !isSame(one, item)));
    known.value = [...others, ...page.items];
  }, [page]);
  const instance = useLoaded(
    async (signal) => {
      if (!named?.instanceId) return undefined;
      return api().call("getInstance", { ...named, instanceId: named.instanceId }, { signal });
    },
    [named],
  );
  return { choices: known.value, instance };
}

const isSame = (a: Choice, b: Choice) =>
  a.instanceId === b.instanceId && a.accountId === b.accountId && a.region === b.region;
