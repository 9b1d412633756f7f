import { type Target, targetKey } from "../shared/target.ts";

/** Makes one for each target, as it is needed: clients, caches and all that is bound to an account and region. */
export function perTarget<T>(make: (target: Target) => T): (target: Target) => T {
  const made = new Map<string, T>();
  return (target) => {
    const key = targetKey(target);
    const known = made.get(key);
    if (known !== undefined) return known;
    const one = make(target);
    made.set(key, one);
    return one;
  };
}
