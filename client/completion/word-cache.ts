import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheDirectoryOf } from "../../sdk/node/paths.ts";
import type { Context } from "../command/context.ts";
import { readOwnFile } from "../settings/own-file.ts";
import type { ClientSettings } from "../settings/settings.ts";

/** Milliseconds: a day. */
const forgottenAfter = 24 * 60 * 60 * 1000;
/** Lists that are remembered at most, of a few hundred words each: a fleet may have 100,000. */
const mostLists = 16;

/** Words of a kind that begin with a text. */
export interface WordList {
  readonly start: string;
  readonly words: readonly string[];
  /** Whether there are no more. */
  readonly isWhole: boolean;
  /** When the API said so, in milliseconds since 1970. */
  readonly at: number;
}

/** Words for a shell's completion, remembered for one caller of one API, in a file that nobody else can read. */
export interface Cache {
  /** The newest first; none if there are none that can be read. */
  read(): Promise<readonly WordList[]>;
  /** Fails silently: without a cache, completion is only slower. */
  write(lists: readonly WordList[]): Promise<void>;
}

/** @param kind names the words. */
export function wordCache(context: Context, settings: ClientSettings, kind: string): Cache {
  const file = path.join(cacheDirectoryOf(context), `${kind}-${callerHash(context, settings)}`);
  return {
    async read() {
      try {
        const lists: unknown = JSON.parse(await readOwnFile(file));
        return Array.isArray(lists) ? lists.filter(isWordList) : [];
      } catch {
        return [];
      }
    },
    async write(lists) {
      try {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        await chmod(path.dirname(file), 0o700);
        const next = `${file}-${randomUUID()}`;
        await writeFile(next, JSON.stringify(lists.slice(0, mostLists)), { mode: 0o600 });
        await rename(next, file);
        await forgetOld(path.dirname(file), context.clock().getTime() - forgottenAfter);
      } catch {
        // A full disk or a read-only home.
      }
    },
  };
}

function isWordList(value: unknown): value is WordList {
  const { start, words, isWhole, at } = Object(value) as Readonly<Record<string, unknown>>;
  const isText = (word: unknown) => typeof word === "string";
  const isList = Array.isArray(words) && words.every(isText);
  return isText(start) && isList && typeof isWhole === "boolean" && typeof at === "number";
}

/** Credentials that last an hour leave a file each. */
async function forgetOld(directory: string, before: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const file = path.join(directory, name);
    if (/^(?:instances|requests)-/.test(name) && (await stat(file)).mtimeMs < before) await rm(file, { force: true });
  }
}

/** What one caller sees is not for another: of everything that may say who calls, but of no AWS secret. */
function callerHash({ environment }: Context, settings: ClientSettings): string {
  const variables = Object.entries(environment).filter(([name]) => /^AWS_(?!SECRET|SESSION_TOKEN)/.test(name));
  const caller = [settings.url, settings.profile, settings.token, settings.tokenCommand, variables.sort()];
  return createHash("sha256").update(JSON.stringify(caller)).digest("hex").slice(0, 32);
}
