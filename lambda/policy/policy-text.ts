import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";

/** The file that the build adds to the bundle of the function that keeps policies. */
export const policyTextFile = "policies-text.json";

/**
 * Schema and policies in Cedar's language, as one text with the domain of people's names: what a digest is of, and what
 * is kept.
 */
export function policyText({
  schema,
  policies,
  nameDomain,
}: {
  readonly schema: string;
  readonly policies: Readonly<Record<string, string>>;
  readonly nameDomain?: string | undefined;
}): string {
  return JSON.stringify([schema, policies, ...(nameDomain === undefined ? [] : [nameDomain])]);
}

/** `sha256:…`, 64 hex digits. */
export function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** The deployed policies' text, from the directory of the function's bundle. */
export function readPolicyText(directory: string): Promise<string> {
  return readFile(path.join(directory, policyTextFile), "utf8");
}

/** The longest text: with its JSON around it, it fits into a function's response of 6 MB. */
export const mostTextBytes = 4_000_000;
