import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const isShown = () => document.visibilityState === "visible";

/** Whether somebody can see the page: what asks again and again asks only then. */
export function useVisible(): boolean {
  const visible = useSignal(isShown());
  useEffect(() => {
    const read = () => {
      visible.value = isShown();
    };
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [visible]);
  return visible.value;
}
