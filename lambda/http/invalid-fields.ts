import type * as z from "zod";
import type { FieldError } from "../../contract/problem.ts";

/**
 * Converts zod's issues to the API's field errors.
 *
 * Pointers name only fields of the schema. The name of an unknown field would echo the input, so the pointer names its object
 * instead.
 */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  const errors = issues.map((issue) => ({ pointer: pointerOf(issue.path), code: codeOf(issue) }));
  // What else is wrong with a field often follows from the first.
  return errors.filter(({ pointer }, index) => index === errors.findIndex((error) => error.pointer === pointer));
}

/** RFC 6901. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function codeOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "required" : "wrong-type";
    case "unrecognized_keys":
      return "unknown-field";
    case "too_big":
      return issue.origin === "string" ? "too-long" : "too-big";
    case "too_small":
      return issue.origin === "string" ? "too-short" : "too-small";
    case "invalid_value":
      return issue.input === undefined ? "required" : "not-one-of";
    case "invalid_union":
      // The only unions are of formats of a string.
      return typeof issue.input === "string" ? "wrong-format" : "wrong-type";
    case "invalid_format":
      return "wrong-format";
    default:
      return "invalid";
  }
}
