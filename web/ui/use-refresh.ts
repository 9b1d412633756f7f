import { useEffect } from "preact/hooks";
import { useVisible } from "./use-visible.ts";

/**
 * Calls `reload` every so often while the page can be seen, and as soon as it is seen again. What a dialog was opened from stays
 * until it closes.
 *
 * @param milliseconds between two calls
 */
export function useRefresh(reload: () => void, milliseconds: number): void {
  const isVisible = useVisible();
  useEffect(() => {
    if (!isVisible) return;
    const refresh = () => {
      if (document.querySelector("dialog[open]") === null) reload();
    };
    const timer = setInterval(refresh, milliseconds);
    addEventListener("focus", refresh);
    return () => {
      clearInterval(timer);
      removeEventListener("focus", refresh);
    };
  }, [isVisible, reload, milliseconds]);
}
