import * as z from "zod";

/** RFC 9110: the headers by which a client replaces only the version that it has read. */
export const ifMatchHeader = "If-Match";
export const ifNoneMatchHeader = "If-None-Match";

export const ifMatchValue = z
  .string()
  .describe("The `ETag` of the version to replace. If another version has taken its place, nothing is changed.");

export const ifNoneMatchValue = z
  .literal("*")
  .describe("Instead of `If-Match`: if something is registered already, nothing is changed.");
