import { type Target, targetKey } from "../shared/target.ts";

/**
 * Makes one for each target: clients, caches and all that is bound to an account and region. That of the stack's own is made
 * at once, as the function loads, and each other as it is needed.
 */
export function perTarget<T>(own: Target, make: (target: Target) => T): (target: Target) => T {
  const made = new Map([[targetKey(own), make(own)]]);
  return (target) => {
    const key = targetKey(target);
    const known = made.get(key);
    if (known !== undefined) return known;
    const one = make(target);
    made.set(key, one);
    return one;
  };
}
