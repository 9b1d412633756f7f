import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** A value once it has stayed the same for a while: what is typed, after the last key. */
export function useDelayed<Value>(value: Value, milliseconds: number): Value {
  const settled = useSignal(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      settled.value = value;
    }, milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds, settled]);
  return settled.value;
}
