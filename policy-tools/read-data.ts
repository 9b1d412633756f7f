import { readFile } from "node:fs/promises";
import { LineCounter, parseDocument, visit } from "yaml";
import type * as z from "zod";
import { messageOf, Unusable } from "./unusable.ts";

/** What a file says, and the way back to its lines. */
export interface ReadData<T> {
  readonly data: T;
  /** The line and the pointer of a value, such as `tests.yaml:12:5 /tests/3/expect`. */
  where(path: readonly PropertyKey[]): string;
}

/** @throws Unusable if the file cannot be read. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new Unusable([messageOf(error)]);
  }
}

/**
 * Reads YAML 1.2, of which JSON is a part.
 *
 * @throws Unusable with each place that is not YAML, or not what the schema says.
 */
export function readData<T>(file: string, text: string, schema: z.ZodType<T>): ReadData<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const complaints = [...document.errors, ...document.warnings].map(
    ({ pos, message }) => `${place(pos[0])} ${message}`,
  );
  visit(document, {
    Scalar: (key, { value, range }) => {
      // An object loses it.
      if (key === "key" && value === "__proto__") complaints.push(`${place(range?.[0] ?? 0)} __proto__ names nothing`);
    },
  });
  if (complaints.length > 0) throw new Unusable(complaints);
  const where = (path: readonly PropertyKey[]) => {
    // A value that is missing stands nowhere: its parent does.
    for (let length = path.length; length >= 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return `${place(node.range[0])} ${pointer(path)}`;
    }
    return `${file} ${pointer(path)}`;
  };
  try {
    const result = schema.safeParse(document.toJS());
    if (result.success) return { data: result.data, where };
    throw new Unusable(result.error.issues.map(({ path, message }) => `${where(path)}: ${message}`));
  } catch (error) {
    if (error instanceof Unusable) throw error;
    throw new Unusable([`${file}: ${messageOf(error)}`]);
  }
}

const pointer = (path: readonly PropertyKey[]) =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("") || "/";
