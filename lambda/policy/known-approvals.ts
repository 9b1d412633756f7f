/** More reviewers than any sensible policy requires: the search must end. */
export const mostApprovals = 10;

const comparisons: readonly string[] = ["==", "!=", "<", "<=", ">", ">="];

/**
 * The numbers of approvals that a policy tells apart, from its JSON form: no policy needs more than the largest of them. For
 * a policy that computes with approvals, or takes what they are part of as a whole, that is the most that the search tries.
 */
export function approvalsIn(part: unknown): number[] {
  if (!isObject(part)) return [];
  if (isApprovals(part) || isAround(part)) return [mostApprovals];
  const access = part["."] ?? part["has"];
  if (isObject(access) && isAround(access["left"])) return [];
  return Object.entries(part).flatMap(([name, value]) => {
    const count = comparisons.includes(name) ? literalBesideApprovals(value) : undefined;
    if (count === undefined) return approvalsIn(value);
    return [name === ">" || name === "<" ? count + 1 : count];
  });
}

function literalBesideApprovals(operands: unknown): number | undefined {
  const { left, right } = isObject(operands) ? operands : {};
  const beside = isApprovals(left) ? right : isApprovals(right) ? left : undefined;
  const literal = isObject(beside) ? beside["Value"] : undefined;
  return typeof literal === "number" ? literal : undefined;
}

function isApprovals(part: unknown): boolean {
  const access = isObject(part) ? part["."] : undefined;
  return isObject(access) && access["attr"] === "approvals";
}

/** The context, or the access in it. */
function isAround(part: unknown): boolean {
  if (!isObject(part)) return false;
  const access = part["."];
  return part["Var"] === "context" || (isObject(access) && access["attr"] === "access");
}

const isObject = (part: unknown): part is Record<string, unknown> => typeof part === "object" && part !== null;
