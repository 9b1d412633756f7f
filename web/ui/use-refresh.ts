import { useEffect } from "preact/hooks";
import { useVisible } from "./use-visible.ts";

/** Calls `reload` every so often while the page can be seen, and as soon as it is seen again. @param milliseconds between two calls */
export function useRefresh(reload: () => void, milliseconds: number): void {
  const isVisible = useVisible();
  useEffect(() => {
    if (!isVisible) return;
    const timer = setInterval(reload, milliseconds);
    addEventListener("focus", reload);
    return () => {
      clearInterval(timer);
      removeEventListener("focus", reload);
    };
  }, [isVisible, reload, milliseconds]);
}
