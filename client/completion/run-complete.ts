import { setTimeout as delay } from "node:timers/promises";
import type { Instance } from "../../sdk/types.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { listInstances } from "../instances/list-instances.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { completions, instanceWords, isPlainWord, typedName } from "./instance-words.ts";
import { type WordList, wordCache } from "./word-cache.ts";

/** Milliseconds that somebody who has pressed Tab waits without wondering. */
const patience = 2000;

/** Seconds that words are good for: instances come and go seldom, and a request was perhaps made just now. */
const freshFor = { instances: 300, requests: 10 };

/** More instances than anybody looks through by Tab: of a larger fleet, those are asked for that begin as what is typed. */
const mostInstances = 300;

type Kind = keyof typeof freshFor;

/** `latchkey complete` */
export async function runComplete(context: Context, { arguments: [kind, text = ""] }: CommandInput): Promise<number> {
  try {
    const words = await Promise.race([
      wordsOf(context, kind === "requests" ? "requests" : "instances", text),
      // Credentials may take long, too.
      delay(2 * patience, [], { ref: false }),
    ]);
    const found = new Set(completions(text, words).filter(isPlainWord));
    context.terminal.out([...found].map((word) => `${word}\n`).join(""));
  } catch {
    // Nothing to complete.
  }
  return exitCodes.ok;
}

/** The words of a kind: remembered ones while they are fresh, or if the API does not respond in time. */
async function wordsOf(context: Context, kind: Kind, text: string): Promise<readonly string[]> {
  const settings = await context.settings();
  const cache = wordCache(context, settings, kind);
  const known = await cache.read();
  const start = typedName(text);
  const now = context.clock().getTime();
  // A clock that was set back makes no word fresh.
  const fresh = known.filter(({ at }) => at <= now && now - at < freshFor[kind] * 1000);
  if (fresh.some((list) => list.start === start || (list.isWhole && start.startsWith(list.start))))
    return wordsIn(fresh);
  // It might open a browser: nobody who presses Tab expects that.
  if (settings.token === undefined && settings.tokenCommand !== undefined) return wordsIn(known);
  // At the first time also all, which most fleets are few enough for.
  const starts = fresh.some((list) => list.start === "") ? [start] : [...new Set(["", start])];
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(patience)]);
  const lists = await Promise.all(
    starts.map((each) => fetchWords(context, kind, { start: each, signal }).catch(() => undefined)),
  );
  const found = lists.flatMap((list) => (list === undefined ? [] : { ...list, at: now }));
  if (found.length === 0) return wordsIn(known);
  const all = [...found, ...known.filter((old) => !found.some((list) => list.start === old.start))];
  await cache.write(all);
  return wordsIn([...found, ...fresh]);
}

const wordsIn = (lists: readonly WordList[]) => [...new Set(lists.flatMap(({ words }) => words))].sort();

interface Wanted {
  readonly start: string;
  readonly signal: AbortSignal;
}

/** @throws what the call throws, if it is not for a part that words can be made of. */
async function fetchWords({ api }: Context, kind: Kind, { start, signal }: Wanted): Promise<Omit<WordList, "at">> {
  if (kind === "requests") {
    const { items } = await (await api()).call("listAccessRequests", { limit: 100 }, { signal });
    const open = items.filter(({ status }) => ["pending", "scheduled", "active"].includes(status));
    return { start: "", words: open.map(({ id }) => id), isWhole: true };
  }
  const instances: Instance[] = [];
  let isWhole = false;
  const filter = start === "" ? {} : { namePrefix: start };
  await listInstances({ api, signal }, filter, {
    most: mostInstances,
    onPage: ({ items, nextCursor }) => {
      instances.push(...items);
      isWhole = nextCursor === undefined;
    },
  }).catch((error) => {
    if (instances.length === 0) throw error;
  });
  return { start, words: instanceWords(instances), isWhole };
}
