import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Metafile } from "esbuild";
import * as z from "zod";

/** The name of the file beside each bundle. */
export const noticesFile = "THIRD-PARTY-NOTICES.txt";

/** Licences that ask for no more than their text and notices. */
const permitted = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0"];

/** Those whose text a package need not have: it is our own LICENSE, or the licence does not ask for it. */
const textless = ["0BSD", "Apache-2.0", "MIT-0"];

const root = path.resolve(import.meta.dirname, "..");
const packageJson = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  author: z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]).optional(),
});

/** The directories of the packages whose code is in outputs of esbuild, from the root. */
export function packagesIn(outputs: readonly Metafile["outputs"][string][]): string[] {
  const files = outputs.flatMap(({ inputs }) =>
    Object.keys(inputs).filter((file) => inputs[file]?.bytesInOutput !== 0),
  );
  const found = files.flatMap((file) => /^(?:.*:)?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(found)].sort();
}

/**
 * The licences and notices of the packages whose code is in outputs of esbuild.
 *
 * @throws Error if a package's licence is not one that asks for no more than its text, or its text is missing.
 */
export function noticesOf(outputs: readonly Metafile["outputs"][string][]): string {
  const notices = packagesIn(outputs).map(noticeOf);
  // Many packages have the same text: it stands once, under all their names.
  const texts = new Set(notices.map(({ text }) => text));
  return [...texts]
    .map((text) =>
      [...notices.filter((notice) => notice.text === text).map(({ title }) => title), "", text, ""].join("\n"),
    )
    .join(`\n${"-".repeat(80)}\n\n`);
}

function noticeOf(directory: string): { readonly title: string; readonly text: string } {
  const at = path.join(root, directory);
  const { name, version, license, author } = packageJson.parse(
    JSON.parse(readFileSync(path.join(at, "package.json"), "utf8")),
  );
  if (license === undefined || !permitted.includes(license)) {
    throw new Error(`${name} ${version} has the licence ${license ?? "unknown"}, which may not be bundled`);
  }
  const files = readdirSync(at).filter((file) => /^(licen[cs]e|copying|notice)(\.|-|$)/i.test(file));
  const texts = files.sort().map((file) => readFileSync(path.join(at, file), "utf8").trim());
  if (texts.length === 0 && license === "MIT" && author !== undefined) texts.push(mit(author));
  if (texts.length === 0 && !textless.includes(license)) {
    throw new Error(`${name} ${version} has no text of its licence`);
  }
  return { title: `${name} ${version} (${license})`, text: texts.join("\n\n") };
}

/** The text of the MIT licence, for a package that names only its author. */
const mit = (author: string) => `Copyright (c) ${author}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
