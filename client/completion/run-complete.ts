import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";

import { isLasting, listInstances } from "../instances/list-instances.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { type Cache, wordCache } from "./word-cache.ts";

/** Milliseconds that somebody who has pressed Tab waits without wondering. */
const patience = 2000;

/** Seconds that words are good for: instances come and go seldom, and a request was perhaps made just now. */
const freshFor = { instances: 300, requests: 10 };

/** More instances than anybody looks through by Tab. */
const mostInstances = 1000;

/** `latchkey complete` */
export async function runComplete(context: Context, { arguments: [kind, text = ""] }: CommandInput): Promise<number> {
  try {
    const names = await namesOf(context, kind === "requests" ? "requests" : "instances");
    // A name with a control character or a space in it would become something else in a shell.
    const plain = names.filter((name) => name.startsWith(text) && /^[\w.@:/+-]+$/.test(name));
    context.terminal.out(plain.map((name) => `${name}\n`).join(""));
  } catch {
    // Nothing to complete.
  }
  return exitCodes.ok;
}

/** The words of a kind: remembered ones while they are fresh, or if the API does not respond in time. */
async function namesOf(context: Context, kind: keyof typeof freshFor): Promise<readonly string[]> {
  const settings = await context.settings();
  const cache = wordCache(context, settings, kind);
  const known = await cache.read();
  if (known !== undefined && known.ageSeconds < freshFor[kind]) return known.words;
  // It might open a browser: nobody who presses Tab expects that.
  if (settings.token === undefined && settings.tokenCommand !== undefined) return known?.words ?? [];
  try {
    return await fetchNames(context, kind, cache);
  } catch {
    return known?.words ?? [];
  }
}

async function fetchNames(context: Context, kind: keyof typeof freshFor, cache: Cache): Promise<readonly string[]> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(patience)]);
  const words = kind === "requests" ? await openRequests(context, signal) : await instanceNames(context, signal);
  await cache.write(words);
  return words;
}

async function openRequests(context: Context, signal: AbortSignal): Promise<readonly string[]> {
  const api = await context.api();
  const { items } = await api.call("listAccessRequests", { limit: 100 }, { signal });
  return items.filter(({ status }) => ["pending", "scheduled", "active"].includes(status)).map(({ id }) => id);
}

async function instanceNames({ api }: Context, signal: AbortSignal): Promise<readonly string[]> {
  const items = await listInstances({ api, signal }, {}, { most: mostInstances });
  return [...new Set(items.filter(isLasting).map(({ name, instanceId }) => name ?? instanceId))].sort();
}
