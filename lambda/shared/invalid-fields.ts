import type * as z from "zod";
import type { FieldError } from "../../contract/problem.ts";

/** More unknown fields than that are a wrong request as a whole. */
const mostErrors = 10;

/** Converts zod's issues to the API's field errors, the first ten of them. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  const errors = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys
          .slice(0, mostErrors)
          .map((name) => ({ pointer: namedPointer(name, issue.path), code: "unknown-field" }))
      : [{ pointer: pointerOf(issue.path), code: codeOf(issue) }],
  );
  // What else is wrong with a field often follows from the first.
  const firsts = errors.filter(
    ({ pointer }, index) => index === errors.findIndex((error) => error.pointer === pointer),
  );
  return firsts.slice(0, mostErrors);
}

/**
 * A pointer to a name that the caller has made up. A name that could be anything but a name is not repeated: the pointer is then
 * to the object around it.
 *
 * @param path of that object.
 */
export function namedPointer(name: string, path: readonly PropertyKey[] = []): string {
  return pointerOf(/^[A-Za-z][\w.:[\]-]{0,63}$/.test(name) ? [...path, name] : path);
}

/** RFC 6901. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function codeOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "required" : "wrong-type";
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
