import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheDirectoryOf } from "../../sdk/node/paths.ts";
import type { Context } from "../command/context.ts";
import type { ClientSettings } from "../settings/settings.ts";

/** Milliseconds: a day. */
const forgottenAfter = 24 * 60 * 60 * 1000;

/** Words for a shell's completion, remembered for one caller of one API. */
export interface Cache {
  /** Undefined if there are none, or none that can be read. */
  read(): Promise<{ readonly words: readonly string[]; readonly ageSeconds: number } | undefined>;
  /** Fails silently: without a cache, completion is only slower. */
  write(words: readonly string[]): Promise<void>;
}

/** @param kind names the words. */
export function wordCache(context: Context, settings: ClientSettings, kind: string): Cache {
  const file = path.join(cacheDirectoryOf(context), `${kind}-${callerHash(context, settings)}`);
  return {
    async read() {
      try {
        const [text, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
        const ageSeconds = (context.clock().getTime() - mtimeMs) / 1000;
        // A clock that was set back makes no word fresh.
        return { words: text.split("\n"), ageSeconds: ageSeconds < 0 ? Number.POSITIVE_INFINITY : ageSeconds };
      } catch {
        return undefined;
      }
    },
    async write(words) {
      try {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        const next = `${file}-${randomUUID()}`;
        await writeFile(next, words.join("\n"), { mode: 0o600 });
        await rename(next, file);
        await forgetOld(path.dirname(file), context.clock().getTime() - forgottenAfter);
      } catch {
        // A full disk or a read-only home.
      }
    },
  };
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
